"""The table of moves of refunds.md 2, against the code that makes them."""

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actor import Actor, use_case
from common.audit import broken_links
from common.context import writing_as
from refunds.actions.move import lock_refund, move
from refunds.errors import IllegalMove
from refunds.models import RELEASED, Refund
from refunds.models import RefundStatus as S
from tests.refunds.cashier import refund_of, reserved
from tests.untouched import nothing_happens

LEGAL = {
    (S.AWAITING_APPROVAL, S.QUEUED),
    (S.AWAITING_APPROVAL, S.AWAITING_CLAIM),
    (S.AWAITING_APPROVAL, S.REJECTED),
    (S.AWAITING_APPROVAL, S.CANCELLED),
    (S.AWAITING_CLAIM, S.QUEUED),
    (S.AWAITING_CLAIM, S.FAILED),
    (S.AWAITING_CLAIM, S.CANCELLED),
    (S.QUEUED, S.AWAITING_CLAIM),
    (S.QUEUED, S.CANCELLED),
    (S.QUEUED, S.PROCESSING),
    (S.PROCESSING, S.PENDING),
    (S.PROCESSING, S.SUCCEEDED),
    (S.PROCESSING, S.FAILED),
    (S.PROCESSING, S.UNKNOWN),
    (S.UNKNOWN, S.PROCESSING),
    (S.UNKNOWN, S.PENDING),
    (S.UNKNOWN, S.SUCCEEDED),
    (S.UNKNOWN, S.FAILED),
    (S.UNKNOWN, S.NEEDS_REVIEW),
    (S.NEEDS_REVIEW, S.PENDING),
    (S.NEEDS_REVIEW, S.SUCCEEDED),
    (S.NEEDS_REVIEW, S.FAILED),
    (S.PENDING, S.SUCCEEDED),
    (S.PENDING, S.FAILED),
    (S.SUCCEEDED, S.RETURNED),
    (S.FAILED, S.QUEUED),
    (S.FAILED, S.AWAITING_CLAIM),
    (S.RETURNED, S.QUEUED),
}

SYSTEM = Actor.system("test")


@pytest.mark.parametrize(("before", "after"), list(product(S, S)), ids=lambda status: status.value)
def test_a_refund_moves_by_the_table_alone(alice, before, after):
    refund = standing_at(before, refund_of(by=alice))
    if (before, after) in LEGAL:
        step(refund, after, actor=SYSTEM)
        assert reserved(refund.order) == (0 if after in RELEASED else 60)
    else:
        with nothing_happens(), pytest.raises(IllegalMove):
            step(refund, after, actor=SYSTEM)


def standing_at(status: str, refund: Refund) -> Refund:
    """As if its history had brought it there."""
    refund.status = status
    with writing_as(SYSTEM.origin):
        refund.save()
    if status in RELEASED:
        type(refund.order).objects.filter(pk=refund.order_id).update(refund_reserved=0)
    return refund


@use_case
def step(refund: Refund, status: str, *, actor: Actor) -> None:
    move(lock_refund(refund.pk, actor=actor), status, actor=actor)


def test_the_history_of_a_refund_is_an_unbroken_chain(alice):
    refund = refund_of(by=alice)
    for status in (S.PROCESSING, S.UNKNOWN, S.NEEDS_REVIEW, S.FAILED, S.QUEUED, S.CANCELLED):
        step(refund, status, actor=SYSTEM)
    refund.refresh_from_db()
    assert list(broken_links(refund)) == []
    assert refund.history.count() == 7


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE refunds_refund SET status = 'paid'",
        "UPDATE refunds_refund SET source = 'till'",
        "UPDATE refunds_refund SET amount = 0",
        "UPDATE refunds_refund SET approved_by_id = requested_by_id",
        "UPDATE orders_order SET refund_reserved = 100.01",
        "UPDATE orders_order SET refund_reserved = -1",
        "UPDATE orders_order SET total_amount = 59.99",
    ],
)
def test_the_database_refuses_what_a_fault_of_ours_would_allow(alice, tampering):
    refund_of(by=alice)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(tampering)
