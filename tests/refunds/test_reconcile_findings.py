"""What a reconciliation found: who hears of it, who looks into it; and that what moves meanwhile is no finding."""

import threading

import pytest

from accounts.actor import Actor
from common import clock
from common.errors import NotFound, PermissionDenied, ValidationFailed
from events.deliver import deliver_due
from events.models import Delivery
from orders.models import Order
from refunds.actions import reconcile_books, reconcile_counters
from refunds.actions.cancel import cancel_refund
from refunds.actions.reconcile_look_into import look_into_finding
from refunds.models import Finding, Reconciliation, Refund
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from refunds.providers.base import Outcome
from tests import factories
from tests.concurrency.together import all_at_once
from tests.refunds.auditor import books, kinds, run
from tests.refunds.cashier import ask, pay, refund_of, status_of
from tests.untouched import nothing_happens

Kind = Finding.Kind


class TestTheNews:
    def mails(self) -> list[Delivery]:
        deliver_due()
        return list(Delivery.objects.filter(kind="reconciliation", channel="email").order_by("address"))

    def test_managers_hear_of_each_finding_once(self, refund, max_, ada):
        Order.objects.update(refund_reserved=0)
        run()
        run()
        mails = self.mails()
        assert [mail.address for mail in mails] == sorted([max_.email, ada.email])
        assert mails[0].subject == "The refunds' books differ: 1 new finding"
        assert f"Counter differs, order {refund.order_id}: ours 0.00 USD; theirs 60.00 USD" in mails[0].text

    def test_a_later_finding_is_told_by_itself(self, refund, max_):
        Order.objects.update(refund_reserved=0)
        run()
        books("DELETE FROM payments")
        run()
        first, second = sorted(self.mails(), key=lambda mail: mail.created_at)
        assert ("Counter differs" in first.text, "Missing at provider" in first.text) == (True, False)
        assert ("Counter differs" in second.text, "Missing at provider" in second.text) == (False, True)

    def test_a_manager_hears_of_the_stores_they_see(self, refund, max_):
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        type(max_).objects.filter(pk=max_.pk).update(team=team)
        Order.objects.update(refund_reserved=0)
        run()
        assert self.mails() == []
        team.stores.add(refund.order.store)
        books("DELETE FROM payments")
        run()
        assert len(self.mails()) == 1

    def test_many_findings_are_one_message(self, alice, max_):
        for _ in range(25):
            refund_of(by=alice)
        Order.objects.update(refund_reserved=0)
        run()
        [mail] = self.mails()
        assert mail.subject.endswith("25 new findings")
        assert mail.text.count("Counter differs") == 20
        assert "and more in the admin" in mail.text


class TestLookingIntoIt:
    @pytest.fixture
    def finding(self, refund):
        Order.objects.update(refund_reserved=0)
        run()
        return Finding.objects.get()

    def test_a_manager_says_what_it_is(self, finding, max_, as_):
        look_into_finding(finding.pk, actor=as_(max_), note=" A restored backup. ")
        finding.refresh_from_db()
        assert (finding.looked_into_by, finding.note) == (max_, "A restored backup.")
        assert list(Finding.objects.unexplained()) == []
        row = run()
        assert (row.outcome, Finding.objects.get().looked_into_by) == ("differs", max_)

    def test_when_it_looks_otherwise_it_must_be_looked_into_again(self, finding, max_, as_):
        look_into_finding(finding.pk, actor=as_(max_), note="A restored backup.")
        Order.objects.update(refund_reserved=1)
        run()
        assert [each.note for each in Finding.objects.unexplained()] == ["A restored backup."]

    def test_who_may_not_decide_may_not(self, finding, sofia, as_):
        self.refused(finding, PermissionDenied, actor=as_(sofia), note="Fine.")

    def test_not_without_a_word(self, finding, max_, as_):
        self.refused(finding, ValidationFailed, actor=as_(max_), note="  ")

    def test_not_of_a_store_that_they_do_not_see(self, finding, max_, as_):
        team = factories.TeamFactory()
        team.stores.add(factories.StoreFactory())
        max_.team = team
        max_.save()
        self.refused(finding, NotFound, actor=as_(max_), note="Fine.")

    def test_not_one_that_is_not_there(self, finding, max_, as_):
        with nothing_happens(), pytest.raises(NotFound):
            look_into_finding("no-id", actor=as_(max_), note="Fine.")

    def refused(self, finding, error, **call):
        before = Finding.objects.values().get()
        with nothing_happens(), pytest.raises(error):
            look_into_finding(finding.pk, **call)
        assert Finding.objects.values().get() == before


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestWhatMovesMeanwhile:
    """A move in the middle of a run, at the worst moment for it: after the provider's books were read."""

    @pytest.fixture
    def alice(self):
        return factories.EmployeeFactory(username="alice")

    def after_the_copy(self, monkeypatch, deed):
        def read_ours(last, run, real=reconcile_books.ours_after):
            if last == reconcile_books.FIRST:
                deed()
            return real(last, run)

        monkeypatch.setattr(reconcile_books, "ours_after", read_ours)

    def test_a_refund_that_is_paid_after_the_books_were_read(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        self.after_the_copy(monkeypatch, lambda: pay(refund))
        assert (kinds(row := run()), row.in_flight) == ([], 1)
        assert status_of(refund) == S.SUCCEEDED

    def test_control_without_the_second_look_it_would_be_a_finding(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        self.after_the_copy(monkeypatch, lambda: pay(refund))
        monkeypatch.setattr(reconcile_books, "at_rest", lambda refund_id, run: Refund.objects.get(pk=refund_id))
        assert kinds(run()) == [Kind.MISSING_AT_PROVIDER]

    def before_ours_is_read_comes_back(self, refund, monkeypatch):
        def come_back(by_refund, run, real=reconcile_books.compare_theirs):
            sandbox.tell(refund.pk, Outcome.RETURNED)
            Refund.objects.plan(refund.pk, clock.now())
            pay(refund)
            return real(by_refund, run)

        monkeypatch.setattr(reconcile_books, "compare_theirs", come_back)

    def test_a_refund_that_comes_back_before_ours_is_read(self, refund, monkeypatch):
        self.before_ours_is_read_comes_back(refund, monkeypatch)
        assert (kinds(row := run()), row.in_flight) == ([], 1)
        assert status_of(refund) == S.RETURNED

    def test_what_was_found_of_it_before_is_gone_only_when_a_run_has_judged_it(self, refund, monkeypatch):
        books("UPDATE payments SET amount = '61.00'")
        assert kinds(run()) == [Kind.AMOUNT_DIFFERS]
        with monkeypatch.context() as meanwhile:
            self.before_ours_is_read_comes_back(refund, meanwhile)
            assert (kinds(row := run()), row.in_flight) == ([], 1)
        assert Finding.objects.get().gone_at is None
        assert kinds(run()) == []
        assert Finding.objects.get().gone_at is not None

    @pytest.mark.postgresql
    def test_refunds_asked_for_paid_and_cancelled_beside_the_runs_are_no_findings(self, alice, monkeypatch):
        monkeypatch.setattr(reconcile_counters, "BATCH", 2)
        monkeypatch.setattr(reconcile_books, "BATCH", 2)
        ended = threading.Event()

        def work() -> None:
            for turn in range(36):
                refund = refund_of(by=alice)
                if turn % 3:
                    pay(refund)
                else:
                    cancel_refund(refund.pk, actor=Actor(employee=alice, via="api"))
            ended.set()

        def watch_them() -> list[str]:
            found = []
            while not ended.is_set():
                found += kinds(run())
            return found

        assert all_at_once(3, lambda number: watch_them() if number else work()) == [None, [], []]
        assert Reconciliation.objects.count() > 2
        assert kinds(run()) == []

    @pytest.mark.postgresql
    def test_control_without_the_orders_lock_the_counter_is_seen_between_two_reads(self, alice, monkeypatch):
        """Between the reading of the counter and of the refunds, another refund is asked for."""
        order = factories.OrderFactory()
        issue = factories.IssueFactory(order=order)

        def sums(order_ids, real=reconcile_counters.sums_of):
            if not Refund.objects.exists():
                all_at_once(1, lambda _: ask(issue, "60.00", actor=Actor(employee=alice, via="api")))
            return real(order_ids)

        monkeypatch.setattr(reconcile_counters, "sums_of", sums)
        assert kinds(run()) == [], "the order is looked at again, locked"
        Order.objects.update(refund_reserved=0)
        assert kinds(run()) == [Kind.COUNTER_DIFFERS]
