"""Our books held against their own sums and against the provider's, both ways: told, never repaired."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts.actor import Actor
from common import clock
from common.context import writing_as
from events.models import Event
from orders.models import Order
from refunds.actions import reconcile_books, reconcile_counters
from refunds.actions.reconcile import WINDOW
from refunds.actions.retry import retry_refund
from refunds.models import ExternalRefund, Finding, LedgerPosting, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.auditor import ACTOR, books, command, kinds, paid_elsewhere, pay_once_more, run
from tests.refunds.cashier import ask, pay, pay_to_the_end, refund_of, status_of
from tests.untouched import nothing_happens

Kind = Finding.Kind


@contextmanager
def only_a_report():
    """Whatever a run finds, it repairs nothing: no row moves, and all that is told is that something differs."""
    told = set(Event.objects.values_list("pk", flat=True))
    before = [list(model.objects.order_by("pk").values()) for model in (Order, Refund, Refund.history.model)]
    yield
    assert [list(model.objects.order_by("pk").values()) for model in (Order, Refund, Refund.history.model)] == before
    assert {event.name for event in Event.objects.exclude(pk__in=told)} == {"reconciliation.differs"}


@pytest.fixture
def desk(alice):
    """A refund of every kind of fate, all as they should be."""
    for reference in ("pay_ok", "pay_pending", "pay_decline", "pay_timeout", "pay_flaky"):
        pay(refund_of(reference, by=alice))
    pay(refund_of(source="store_credit", by=alice))
    pay(refund_of(by=alice, payment_method="cash"))
    refund_of(source="insurance", by=alice)
    refund_of(by=alice)
    back = refund_of(by=alice)
    pay(back)
    call_command("sandbox_tell", str(back.pk), "returned", stdout=StringIO())


class TestWhereAllAgrees:
    def test_nothing_is_found(self, desk):
        with nothing_happens():
            row = run()
        assert (row.outcome, row.found, row.unread) == ("agrees", 0, [])
        assert (row.orders_checked, row.refunds_checked, row.records_checked) == (10, 6, 5)
        assert row.in_flight == 3, "pending, and two whose answer was lost"
        assert row.finished_at >= row.started_at >= row.since + WINDOW

    def test_nor_when_all_have_come_to_their_end(self, desk):
        for refund in Refund.objects.all():
            pay_to_the_end(refund, steps=3)
        assert kinds(run()) == []

    def test_a_second_try_after_one_that_failed_is_no_second_payment(self, alice):
        refund = refund_of("pay_pending", by=alice)
        pay(refund)
        call_command("sandbox_tell", str(refund.pk), "failed", stdout=StringIO())
        retry_refund(refund.pk, actor=Actor(employee=alice, via="api"))
        assert kinds(run()) == []
        pay(refund)
        assert kinds(run()) == []

    def test_the_command_says_so(self, desk):
        code, printed = command()
        assert code == 0
        assert "Outcome: agrees" in printed
        assert "Orders checked: 10" in printed

    def test_an_empty_desk(self, db):
        assert run().outcome == "agrees"


class TestTheCounter:
    def test_less_than_what_counts(self, refund):
        Order.objects.update(refund_reserved=0)
        with only_a_report():
            row = run()
        finding = row.findings.get()
        assert (finding.kind, finding.order_id, finding.refund_id) == (Kind.COUNTER_DIFFERS, refund.order_id, None)
        assert (finding.ours, finding.theirs) == ("0.00 USD", "60.00 USD")

    def test_more_than_what_counts(self, order):
        Order.objects.update(refund_reserved=Decimal("0.01"))
        assert kinds(run()) == [Kind.COUNTER_DIFFERS]

    def test_what_failed_does_not_count(self, alice):
        refund = refund_of("pay_decline", by=alice)
        pay(refund)
        Order.objects.update(refund_reserved=60)
        assert kinds(run()) == [Kind.COUNTER_DIFFERS]

    def test_sums_are_exact(self, alice):
        """A float would say 0.30000000000000004."""
        order = factories.OrderFactory()
        for amount in ("0.10", "0.20"):
            ask(factories.IssueFactory(order=order), amount, actor=Actor(employee=alice, via="api"))
        assert kinds(run()) == []

    def test_batch_by_batch(self, alice, monkeypatch):
        monkeypatch.setattr(reconcile_counters, "BATCH", 2)
        refunds = [refund_of(by=alice) for _ in range(5)]
        Order.objects.filter(pk__in=[refunds[0].order_id, refunds[4].order_id]).update(refund_reserved=1)
        row = run()
        assert row.orders_checked == 5
        assert set(row.findings.values_list("order_id", flat=True)) == {refunds[0].order_id, refunds[4].order_id}


class TestTheProvidersRecord:
    @pytest.mark.parametrize("status", [S.SUCCEEDED, S.RETURNED])
    def test_what_it_does_not_have(self, refund, status):
        Refund.objects.update(status=status)
        Order.objects.update(refund_reserved=60 if status == S.SUCCEEDED else 0)
        books("DELETE FROM payments")
        with only_a_report():
            finding = run().findings.get()
        assert (finding.kind, finding.refund_id, finding.theirs) == (Kind.MISSING_AT_PROVIDER, refund.pk, "No record")
        assert (finding.provider, finding.reference) == ("sandbox", "sandbox_1")

    def test_a_pending_one_too(self, alice):
        pay(refund_of("pay_pending", by=alice))
        books("DELETE FROM payments")
        assert kinds(run()) == [Kind.MISSING_AT_PROVIDER]

    def test_one_in_doubt_only_when_nobody_asks_any_more(self, alice):
        refund = refund_of("pay_timeout", by=alice)
        pay(refund)
        books("DELETE FROM payments")
        assert kinds(run()) == []
        Refund.objects.update(next_attempt_at=None)
        assert kinds(run()) == [Kind.MISSING_AT_PROVIDER]
        assert status_of(refund) == S.UNKNOWN

    def test_store_credit_that_was_never_posted(self, alice):
        pay(refund_of(source="store_credit", by=alice))
        Refund.objects.update(status=S.QUEUED)
        posting = LedgerPosting.objects.get()
        assert kinds(run()) == [Kind.STATUS_DIFFERS]
        assert Finding.objects.get().reference == f"credit:{posting.pk}"

    @pytest.mark.parametrize(("column", "value"), [("amount", "61.00"), ("amount", "59.99"), ("currency", "EUR")])
    def test_another_amount(self, refund, column, value):
        books(f"UPDATE payments SET {column} = ?", value)
        with only_a_report():
            finding = run().findings.get()
        assert (finding.kind, finding.ours) == (Kind.AMOUNT_DIFFERS, "60.00 USD, succeeded")
        assert value in finding.theirs

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (S.SUCCEEDED, "pending"), (S.SUCCEEDED, "failed"), (S.SUCCEEDED, "returned"), (S.QUEUED, "succeeded"),
            (S.AWAITING_APPROVAL, "succeeded"), (S.FAILED, "succeeded"), (S.RETURNED, "succeeded"),
            (S.CANCELLED, "pending"), (S.REJECTED, "succeeded"), (S.NEEDS_REVIEW, "succeeded"), (S.PENDING, "failed"),
            (S.FAILED, "pending"),
        ],
    )  # fmt: skip
    def test_another_status(self, refund, ours, theirs):
        Refund.objects.update(status=ours, next_attempt_at=None)
        Order.objects.update(refund_reserved=60 if Refund.objects.get().counts else 0)
        books("UPDATE payments SET outcome = ?", theirs)
        with only_a_report():
            finding = run().findings.get()
        assert (finding.kind, finding.refund_id) == (Kind.STATUS_DIFFERS, refund.pk)

    @pytest.mark.parametrize("status", [S.PROCESSING, S.UNKNOWN, S.PENDING])
    def test_a_status_that_a_worker_asks_about_before_long_is_in_flight(self, refund, status):
        Refund.objects.update(status=status, next_attempt_at=clock.now() + timedelta(hours=1))
        assert (kinds(row := run()), row.in_flight) == ([], 1)
        Refund.objects.update(next_attempt_at=clock.now() - timedelta(hours=1))
        assert kinds(run()) == [Kind.STATUS_DIFFERS], "the worker is late"

    def test_paid_twice(self, refund):
        pay_once_more()
        finding = run().findings.get()
        assert (finding.kind, finding.refund_id) == (Kind.PAID_TWICE, refund.pk)
        assert finding.theirs == "60.00 USD, succeeded (sandbox_1) and 60.00 USD, succeeded (sandbox_2)"

    def test_what_came_back_and_was_paid_again_is_paid_once(self, refund):
        pay_once_more()
        books("UPDATE payments SET outcome = 'returned' WHERE rowid = 1")
        assert kinds(run()) == []

    def test_a_record_that_lost_our_id_is_known_by_its_reference(self, refund):
        books("UPDATE payments SET refund_id = ''")
        assert kinds(run()) == []

    def test_money_that_a_refund_nobody_knows_gave_back(self, refund):
        paid_elsewhere("pay_nobody", refund_id=str(uuid4()), key="gone-1")
        finding = run().findings.get()
        assert (finding.kind, finding.order_id, finding.ours) == (Kind.UNKNOWN_HERE, None, "No refund")

    def test_money_that_somebody_gave_back_at_the_provider(self, refund):
        Order.objects.update(payment_reference="pay_of_order")
        paid_elsewhere("pay_of_order")
        finding = run().findings.get()
        assert (finding.kind, finding.order_id) == (Kind.UNKNOWN_HERE, refund.order_id)
        assert finding.theirs == "7.00 USD, succeeded (sandbox_2)"

    def test_what_was_made_elsewhere_and_written_down_agrees_and_counts(self, refund):
        Order.objects.update(payment_reference="pay_of_order", refund_reserved=67)
        paid_elsewhere("pay_of_order")
        assert kinds(run()) == [Kind.COUNTER_DIFFERS, Kind.UNKNOWN_HERE]
        external = ExternalRefund(
            order=refund.order, provider="sandbox", account="merchant", reference="sandbox_2", amount=7,
            payment_reference="pay_of_order", currency="USD", status="succeeded", counts=True, made_at=clock.now(),
        )  # fmt: skip
        with writing_as(ACTOR.origin):
            external.save()
        assert kinds(run()) == []

    def test_a_payment_of_no_order_of_ours_is_none_of_our_business(self, refund):
        paid_elsewhere("pay_of_another_shop")
        assert kinds(run()) == []

    def test_batch_by_batch(self, alice, monkeypatch):
        monkeypatch.setattr(reconcile_books, "BATCH", 2)
        refunds = [refund_of(by=alice) for _ in range(7)]
        for refund in refunds:
            pay(refund)
        books("DELETE FROM payments WHERE rowid IN (1, 7)")
        books("UPDATE payments SET amount = '1.00' WHERE rowid IN (2, 6)")
        row = run()
        assert kinds(row) == [Kind.AMOUNT_DIFFERS] * 2 + [Kind.MISSING_AT_PROVIDER] * 2
        assert (row.refunds_checked, row.records_checked) == (7, 5)

    def test_what_is_older_than_the_window_is_not_read(self, refund):
        books("DELETE FROM payments")
        with clock.as_if_at(clock.now() + WINDOW + timedelta(days=1)):
            assert kinds(run()) == []
            assert kinds(run(since=clock.now() - timedelta(days=60))) == [Kind.MISSING_AT_PROVIDER]
