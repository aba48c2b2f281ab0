"""The way of the money: every behaviour of the sandbox, held against the sandbox's own books."""

import sqlite3
from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from events.models import Event
from orders.models import Order
from refunds.actions import pay as pay_action
from refunds.actions.claim import accept_claim
from refunds.actions.retry import retry_refund
from refunds.expected import expected_by
from refunds.models import Refund, RefundAttempt
from refunds.models import RefundStatus as S
from refunds.providers.base import Answer, Outcome, ProviderUnavailable
from tests.refunds.cashier import WORKER, calls_for, paid, pay, pay_to_the_end, refund_of, reserved
from tests.refunds.hostile import instead_of_the_sandbox

LOST = ProviderUnavailable("no answer")
PAID = Answer(Outcome.SUCCEEDED, reference="re_1")


def test_a_payment_is_paid_back_once(alice):
    refund = refund_of("pay_ok_1", by=alice)
    assert pay(refund) == S.SUCCEEDED
    assert pay(refund) == S.SUCCEEDED
    assert paid(refund) == [Decimal("60.00")]
    assert len(calls_for(refund)) == 1


@pytest.mark.parametrize(
    ("reference", "end", "steps", "money"),
    [
        ("pay_ok", S.SUCCEEDED, 1, [Decimal("60.00")]),
        ("pay_decline", S.FAILED, 1, []),
        ("pay_pending", S.PENDING, 1, []),
        ("pay_timeout", S.SUCCEEDED, 2, [Decimal("60.00")]),
        ("pay_flaky", S.SUCCEEDED, 3, [Decimal("60.00")]),
    ],
)
def test_the_sandbox_behaves_by_the_reference(alice, reference, end, steps, money):
    refund = refund_of(reference, by=alice)
    assert pay_to_the_end(refund, steps=steps) == end
    assert paid(refund) == money
    assert len(set(calls_for(refund))) == 1, "one key ever"
    assert len(calls_for(refund)) == steps
    assert reserved(refund.order) == (0 if end == S.FAILED else 60)


def test_merchant_and_platform_pay_from_accounts_of_their_own(alice, settings):
    for source in ("merchant", "platform"):
        pay(refund_of(source=source, by=alice))
    with sqlite3.connect(settings.SANDBOX_STORE) as books:
        assert {row[0] for row in books.execute("SELECT account FROM payments")} == {"merchant", "platform"}


def test_a_payment_that_expired_since_it_was_asked_for_fails(alice):
    refund = refund_of(by=alice)
    Order.objects.filter(pk=refund.order_id).update(payment_reference="pay_expired")
    assert pay(refund) == S.FAILED
    refund.refresh_from_db()
    assert (refund.failure_code, refund.failure_reason) == ("payment_expired", "Payment method no longer valid")
    assert calls_for(refund) == []


def test_a_dispute_that_comes_before_the_payment_stops_it(alice):
    refund = refund_of(by=alice)
    Order.objects.filter(pk=refund.order_id).update(payment_disputed=True)
    assert pay(refund) == S.FAILED
    assert paid(refund) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_provider_is_called_outside_any_transaction_and_after_the_attempt_is_stored(alice, monkeypatch):
    refund = refund_of(by=alice)
    provider = instead_of_the_sandbox(monkeypatch, LOST, PAID)
    pay_to_the_end(refund)
    assert provider.in_transaction == [False, False]
    assert provider.sent == [f"{refund.pk}-1"] * 2


class TestACrash:
    """A worker takes the refund and dies before (or after) the provider acts."""

    def test_nobody_else_takes_it_while_the_lease_runs(self, alice):
        refund = refund_of(by=alice)
        pay_action.take(Refund.objects.all(), actor=WORKER)
        assert pay(refund) == S.PROCESSING
        assert calls_for(refund) == []

    @pytest.mark.parametrize("provider_had_acted", [True, False])
    def test_when_the_lease_is_over_it_is_unknown_and_resolved_at_once(self, alice, settings, provider_had_acted):
        refund = refund_of(by=alice)
        job = pay_action.take(Refund.objects.all(), actor=WORKER)
        if provider_had_acted:
            pay_action.ask(job)
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS)):
            assert pay(refund) == S.SUCCEEDED
        assert paid(refund) == [Decimal("60.00")]
        names = list(refund.history.order_by("history_id").values_list("status", flat=True))
        assert names == [S.QUEUED, S.PROCESSING, S.UNKNOWN, S.SUCCEEDED]

    def test_a_slow_worker_that_comes_back_changes_nothing(self, alice, settings):
        refund = refund_of("pay_decline", by=alice)
        slow = pay_action.take(Refund.objects.all(), actor=WORKER)
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS)):
            pay(refund)
        pay_action.settle(slow, pay_action.ask(slow), actor=WORKER)
        assert reserved(refund.order) == 0, "the amount is free again once"

    def test_a_lost_answer_of_a_slow_worker_does_not_end_anothers_lease(self, alice, settings):
        refund = refund_of(by=alice)
        slow = pay_action.take(Refund.objects.all(), actor=WORKER)
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS)):
            pay_action.take(Refund.objects.all(), actor=WORKER)
            pay_action.settle(slow, Answer(Outcome.UNKNOWN), actor=WORKER)
            assert pay(refund) == S.UNKNOWN
        assert calls_for(refund) == []


def test_an_answer_to_an_earlier_attempt_does_not_move_the_later_one(alice, max_, as_):
    refund = refund_of("pay_decline", by=alice)
    first = pay_action.take(Refund.objects.all(), actor=WORKER)
    declined = pay_action.ask(first)
    pay_action.settle(first, declined, actor=WORKER)
    retry_refund(refund.pk, actor=as_(alice))
    pay_action.take(Refund.objects.all(), actor=WORKER)
    pay_action.settle(first, declined, actor=WORKER)
    refund.refresh_from_db()
    assert refund.status == S.PROCESSING
    assert reserved(refund.order) == 60


def test_the_late_answer_to_an_unknown_payment_counts(alice, monkeypatch):
    refund = refund_of(by=alice)
    instead_of_the_sandbox(monkeypatch, LOST)
    job = pay_action.take(Refund.objects.all(), actor=WORKER)
    pay_action.settle(job, pay_action.ask(job), actor=WORKER)
    pay_action.settle(job, PAID, actor=WORKER)
    refund.refresh_from_db()
    assert (refund.status, refund.provider_reference) == (S.SUCCEEDED, "re_1")


@pytest.mark.parametrize(
    ("answers", "statuses"),
    [
        ([Outcome.PENDING, Outcome.SUCCEEDED], [S.PENDING, S.SUCCEEDED]),
        ([Outcome.PENDING, Outcome.FAILED], [S.PENDING, S.FAILED]),
        ([Outcome.SUCCEEDED, Outcome.RETURNED], [S.SUCCEEDED, S.RETURNED]),
        ([Outcome.SUCCEEDED, Outcome.FAILED], [S.SUCCEEDED, S.RETURNED]),
        ([Outcome.PENDING, Outcome.RETURNED], [S.PENDING, S.RETURNED]),
        ([Outcome.SUCCEEDED, Outcome.PENDING], [S.SUCCEEDED, S.SUCCEEDED]),
        ([Outcome.FAILED, Outcome.SUCCEEDED], [S.FAILED, S.FAILED]),
        ([Outcome.SUCCEEDED, Outcome.SUCCEEDED], [S.SUCCEEDED, S.SUCCEEDED]),
        ([Outcome.RETURNED], [S.RETURNED]),
    ],
)
def test_a_refund_only_goes_forward(alice, answers, statuses):
    refund = refund_of(by=alice)
    job = pay_action.take(Refund.objects.all(), actor=WORKER)
    seen = []
    for outcome in answers:
        pay_action.settle(job, Answer(outcome), actor=WORKER)
        refund.refresh_from_db()
        seen.append(refund.status)
    assert seen == statuses
    assert reserved(refund.order) == (60 if refund.counts else 0)


def test_pending_is_polled_and_moves_what_is_expected(alice, monkeypatch, settings):
    start = clock.now()
    refund = refund_of(by=alice)
    provider = instead_of_the_sandbox(monkeypatch, Answer(Outcome.PENDING), LOST, Answer(Outcome.PENDING), PAID)
    with clock.as_if_at(start + timedelta(days=7)):
        assert pay(refund) == S.PENDING
    before = refund.expected_by
    refund.refresh_from_db()
    assert refund.expected_by == before + timedelta(days=7)
    assert refund.completed_at is None
    assert pay_to_the_end(refund) == S.SUCCEEDED
    assert (len(provider.sent), len(provider.looked)) == (1, 3)


def test_an_accepted_claim_that_is_pending_is_expected_as_the_merchants_payment(alice, insured, monkeypatch):
    start = clock.now()
    instead_of_the_sandbox(monkeypatch, Answer(Outcome.PENDING))
    with clock.as_if_at(start):
        accept_claim(insured.pk, actor=WORKER)
        assert pay(insured) == S.PENDING
    insured.refresh_from_db()
    assert insured.expected_by == expected_by("merchant", "card", start=start)
    assert insured.expected_by < expected_by("insurance", "card", start=start)


def test_every_move_leaves_its_history_and_its_event(alice):
    refund = refund_of("pay_timeout", by=alice)
    pay_to_the_end(refund)
    history = refund.history.order_by("history_id")
    assert [row.status for row in history] == [S.QUEUED, S.PROCESSING, S.UNKNOWN, S.SUCCEEDED]
    assert [row.version for row in history] == [1, 2, 3, 4]
    assert [row.history_user_id for row in history] == [alice.pk, None, None, None]
    assert [row.request_id for row in history][1:] == ["pay-refunds"] * 3
    names = Event.objects.filter(name__startswith="refund.").order_by("created_at").values_list("name", flat=True)
    assert list(names) == [
        "refund.requested",
        "refund.queued",
        "refund.processing",
        "refund.unknown",
        "refund.succeeded",
    ]


def test_the_attempt_keeps_the_evidence(alice):
    refund = refund_of("pay_decline", by=alice)
    pay(refund)
    attempt = refund.attempts.get()
    assert attempt.outcome == RefundAttempt.Outcome.REFUSED
    assert attempt.evidence["code"] == "declined"
    assert attempt.finished_at is not None
