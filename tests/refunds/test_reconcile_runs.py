"""The runs of the reconciliation: with a provider that is down, one after another, and by the command."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from common import clock
from events.models import Event
from orders.models import Order
from refunds import providers
from refunds.actions import reconcile, reconcile_books
from refunds.actions.reconcile import WINDOW, make
from refunds.actions.reconcile_counters import compare_counters
from refunds.actions.reconcile_run import CLOCKS_DIFFER_BY, Run, start
from refunds.models import Finding, Reconciliation, Refund
from refunds.providers import sandbox
from refunds.providers.base import ProviderUnavailable
from tests.refunds.auditor import ACTOR, books, command, kinds, run

Kind = Finding.Kind


class Down(sandbox.Sandbox):
    def refunds_since(self, account, since):
        yield from super().refunds_since(account, since)
        if account == "platform":
            raise ProviderUnavailable("It answered 503")


class Broken(sandbox.Sandbox):
    def refunds_since(self, account, since):
        raise KeyError("amount")


def meanwhile(monkeypatch, made: list, deed) -> None:
    """Once, when the next run has been through the orders and before it ends; what it gave goes to ``made``."""

    def compare(books, run):
        monkeypatch.undo()
        made.append(deed())
        reconcile_books.compare_books(books, run)

    monkeypatch.setattr(reconcile, "compare_books", compare)


class TestAProviderThatIsDown:
    def test_the_run_says_so_and_goes_on(self, refund, alice, monkeypatch):
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())
        Order.objects.update(refund_reserved=0)
        row = run()
        assert row.unread == [{"provider": "sandbox", "account": "platform", "reason": "It answered 503"}]
        assert kinds(row) == [Kind.COUNTER_DIFFERS]

    def test_what_it_could_not_tell_is_not_missing(self, refund, monkeypatch):
        books("DELETE FROM payments")
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())
        assert (kinds(row := run()), row.outcome) == ([], "incomplete")
        assert command()[0] == 2

    def test_what_it_could_tell_is_compared(self, refund, monkeypatch):
        books("UPDATE payments SET amount = '1.00'")
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())
        assert kinds(run()) == [Kind.AMOUNT_DIFFERS]

    def test_an_older_finding_is_not_taken_for_gone(self, refund, monkeypatch):
        books("DELETE FROM payments")
        run()
        monkeypatch.setitem(providers.PAYERS, "sandbox", Down())
        run()
        assert Finding.objects.get().gone_at is None

    def test_an_adapter_that_breaks_is_like_one_that_is_down(self, refund, monkeypatch):
        monkeypatch.setitem(providers.PAYERS, "sandbox", Broken())
        row = run()
        assert {unread["reason"] for unread in row.unread} == {"KeyError"}
        assert row.outcome == "incomplete"

    def test_a_run_that_breaks_off_says_so_and_keeps_what_it_found(self, refund, monkeypatch):
        Order.objects.update(refund_reserved=0)
        monkeypatch.setattr(reconcile_books, "ours_after", lambda last, run: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run()
        row = Reconciliation.objects.get()
        assert row.unread[-1]["reason"] == "The run broke off: ZeroDivisionError"
        assert (kinds(row), row.finished_at is None) == ([Kind.COUNTER_DIFFERS], False)
        assert Event.objects.filter(name="reconciliation.differs").count() == 1


class TestAFinding:
    def test_seen_again_it_is_refreshed_and_not_repeated(self, refund):
        Order.objects.update(refund_reserved=0)
        first = run()
        with clock.as_if_at(clock.now() + timedelta(days=1)):
            second = run()
        finding = Finding.objects.get()
        assert (finding.seen_in, finding.told_in) == (second, first)
        assert finding.last_seen - finding.first_seen >= timedelta(hours=23)
        assert (first.found, second.found) == (1, 1)

    def test_no_longer_seen_it_is_gone_and_comes_back_as_a_new_one(self, refund):
        Order.objects.update(refund_reserved=0)
        run()
        Order.objects.update(refund_reserved=60)
        assert run().outcome == "agrees"
        assert Finding.objects.get().gone_at is not None
        Order.objects.update(refund_reserved=0)
        run()
        assert Finding.objects.count() == 2
        assert Event.objects.filter(name="reconciliation.differs").count() == 2

    @pytest.mark.parametrize("minutes", [-30, 30])
    def test_whatever_happens_to_the_clock_meanwhile_it_stays_while_it_is_seen(self, refund, minutes):
        Order.objects.update(refund_reserved=0)
        for _ in range(2):
            begun = Run(start(clock.now() - WINDOW, actor=ACTOR), ACTOR)
            with clock.as_if_at(clock.now() + timedelta(minutes=minutes)):
                assert make(begun).outcome == "differs"
            assert Finding.objects.get().gone_at is None

    def test_after_the_clock_was_set_back_it_is_gone_when_it_is_no_longer_seen(self, refund):
        Order.objects.update(refund_reserved=0)
        run()
        Order.objects.update(refund_reserved=60)
        with clock.as_if_at(clock.now() - timedelta(minutes=30)):
            assert run().outcome == "agrees"
        assert Finding.objects.get().gone_at is not None

    def test_seen_by_a_run_that_ends_beside_it_it_stays(self, refund, monkeypatch):
        Order.objects.update(refund_reserved=0)
        meanwhile(monkeypatch, beside := [], run)
        run()
        finding = Finding.objects.get()
        assert (finding.gone_at, finding.seen_in) == (None, beside[0])

    def test_seen_by_a_run_that_is_still_at_work_it_stays(self, refund, monkeypatch):
        """The order was put right, and is spoilt again after it was read."""
        Order.objects.update(refund_reserved=0)
        run()
        Order.objects.update(refund_reserved=60)

        def spoil_and_see():
            Order.objects.update(refund_reserved=0)
            compare_counters(Run(start(clock.now() - WINDOW, actor=ACTOR), ACTOR))

        meanwhile(monkeypatch, [], spoil_and_see)
        assert run().outcome == "agrees"
        assert Finding.objects.get().gone_at is None

    def test_out_of_the_window_it_stays(self, refund):
        books("DELETE FROM payments")
        run()
        with clock.as_if_at(clock.now() + WINDOW + timedelta(days=1)):
            assert run().outcome == "agrees"
        assert Finding.objects.get().gone_at is None

    @pytest.mark.parametrize("minutes", [-30, 30])
    def test_at_the_edge_of_the_window_where_it_is_not_looked_for_it_stays(self, refund, minutes):
        """The window of the second run begins within the hour by which the clocks may differ, or before it."""
        tried_at = refund.attempts.get().created_at
        books("DELETE FROM payments")
        run()
        with clock.as_if_at(tried_at + WINDOW + timedelta(minutes=minutes)):
            run()
        assert Finding.objects.get().gone_at is None

    def test_where_it_is_looked_for_and_no_longer_seen_it_is_gone(self, refund):
        tried_at = refund.attempts.get().created_at
        books("DELETE FROM payments")
        run()
        Refund.objects.update(status="failed")
        with clock.as_if_at(tried_at + WINDOW - CLOCKS_DIFFER_BY):
            run()
        assert Finding.objects.get(kind=Kind.MISSING_AT_PROVIDER).gone_at is not None

    @pytest.mark.parametrize("change", ["DELETE FROM payments", "UPDATE payments SET amount = '61.00'"])
    def test_of_a_refund_that_a_worker_holds_it_stays_for_the_next_run(self, refund, change):
        books(change)
        run()
        Refund.objects.update(leased_until=clock.now() + timedelta(minutes=5))
        assert (kinds(row := run()), row.in_flight) == ([], 1)
        finding = Finding.objects.get()
        assert finding.gone_at is None
        Refund.objects.update(leased_until=None)
        assert run().findings.get() == finding


class TestTheCommand:
    def test_what_differs_is_printed_and_makes_it_fail(self, refund):
        Order.objects.update(refund_reserved=0)
        code, printed = command()
        assert code == 1
        assert "counter_differs" in printed
        assert refund.order_id in printed
        assert "Outcome: differs" in printed

    def test_as_json(self, refund):
        books("UPDATE payments SET amount = '61.00'")
        code, printed = command("--json")
        told = json.loads(printed)
        assert code == 1
        assert (told["outcome"], told["found"], told["orders_checked"]) == ("differs", 1, 1)
        [finding] = told["findings"]
        assert finding["is_new"] is True
        assert (finding["kind"], finding["refund_id"]) == ("amount_differs", str(refund.pk))
        assert json.loads(command("--json")[1])["findings"][0]["is_new"] is False

    def test_a_window_of_its_own(self, refund):
        books("DELETE FROM payments")
        with clock.as_if_at(clock.now() + timedelta(days=3)):
            assert command("--days", "2")[0] == 0
            assert command("--days", "4")[0] == 1

    def test_the_daily_job(self, refund):
        Order.objects.update(refund_reserved=0)
        call_command("run_job", "reconcile-refunds", stdout=StringIO())
        assert kinds(Reconciliation.objects.get()) == [Kind.COUNTER_DIFFERS]
