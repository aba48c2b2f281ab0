"""One step of a refund: its status, its hold on the order's total, its history and its event, all or nothing."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.actor import Actor
from common import clock
from common.errors import NotFound
from common.nudge import nudge_after_commit
from events.record import record
from refunds.allowance import release, reserve
from refunds.errors import IllegalMove
from refunds.expected import expected_by, payment_expected_by
from refunds.models import MOVES, Refund, RefundStatus

PAY = "refunds.pay_refunds"
FILE_CLAIMS = "refunds.file_claims"
ENDED = frozenset(
    {RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.RETURNED, RefundStatus.CANCELLED, RefundStatus.REJECTED}
)


def lock_refund(refund_id: UUID | str, *, actor: Actor) -> Refund:
    """The refund with its order, locked, if the actor sees it. Raises ``NotFound``."""
    try:
        return Refund.objects.visible_to(actor.grants).lock(refund_id)
    except (Refund.DoesNotExist, ValidationError) as error:
        raise NotFound("There is no such refund.") from error


def move(refund: Refund, status: str, *, actor: Actor, note: str = "", **changes: Any) -> None:
    """Bring the refund, locked with its order, to ``status`` with ``changes`` to its fields.

    Without changes that say otherwise it then waits: not due, not leased. Raises ``IllegalMove`` for a step that
    ``MOVES`` does not have.
    """
    if status not in MOVES[refund.status]:
        raise IllegalMove(f"{refund.status} to {status}")
    counted, now = refund.counts, clock.now()
    refund.status = status
    refund.version += 1
    waiting = {"completed_at": now if status in ENDED else None, "next_attempt_at": None, "leased_until": None}
    for field, value in (waiting | changes).items():
        setattr(refund, field, value)
    refund._change_reason = note or None
    with clock.as_if_at(now):  # an end is dated by its history row, by which the reports tell it from later changes
        refund.save()
    if counted and not refund.counts:
        release(refund.order, refund.amount)
    if refund.counts and not counted:
        reserve(refund.order, refund.amount)
    tell(refund, f"refund.{status}", actor=actor)


def send_on_its_way(refund: Refund, status: str, *, actor: Actor, **changes: Any) -> None:
    """Move to ``queued`` (a worker pays it at once) or ``awaiting_claim`` (the insurer is asked)."""
    now = clock.now()
    is_queued = status == RefundStatus.QUEUED
    last_day = payment_expected_by if is_queued else expected_by
    changes["expected_by"] = last_day(refund.source, changes.get("payment_method", refund.payment_method), start=now)
    changes["next_attempt_at"] = now if is_queued else None
    move(refund, status, actor=actor, **changes)


def tell(refund: Refund, *names: str, actor: Actor) -> None:
    """Record the events ``names`` about the refund; a worker is told of one that is to be paid, or to be claimed."""
    facts = {
        "refund_id": str(refund.pk),
        "amount": str(refund.amount),
        "currency": refund.currency,
        "source": refund.source,
        "status": refund.status,
        "failure_code": refund.failure_code,
        "failure_reason": refund.failure_reason,
    }
    record(dict.fromkeys(names, facts), actor=actor, order_id=refund.order_id, issue_id=refund.issue_id)
    if refund.status == RefundStatus.QUEUED:
        nudge_after_commit(PAY, str(refund.pk))
    elif refund.status == RefundStatus.AWAITING_CLAIM:
        nudge_after_commit(FILE_CLAIMS, str(refund.pk))
