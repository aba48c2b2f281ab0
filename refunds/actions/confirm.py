"""A person's word on where the money is: finance on a payout, and whoever looks into what could not be found out."""

from uuid import UUID

from accounts.actor import Actor, use_case
from refunds.actions.approve import ensure_another_decides
from refunds.actions.move import lock_refund, move
from refunds.errors import RefundNotAwaiting
from refunds.models import MOVES, Refund, RefundStatus
from refunds.providers import is_paid_by_hand


@use_case
def confirm_refund(refund_id: UUID | str, outcome: str, *, actor: Actor, note: str = "", reference: str = "") -> Refund:
    """``outcome``: ``succeeded``, ``failed``, or ``returned`` for money that had been paid. ``reference``: of the
    payment, if it has one.

    Raises NotFound, RefundNotAwaiting and PermissionDenied (for one's own request too).
    """
    refund = lock_refund(refund_id, actor=actor)
    if not waits_for_a_person(refund) or outcome not in MOVES[refund.status]:
        raise RefundNotAwaiting(status=refund.status, decided_by=None)
    if not actor.is_system:
        ensure_another_decides(refund, actor)
    failed = outcome == RefundStatus.FAILED
    facts = {"failure_code": "not_paid", "failure_reason": note or "It was not paid"} if failed else {}
    if reference:
        facts["provider_reference"] = reference
    move(refund, outcome, actor=actor, note=note, **facts)
    return refund


def waits_for_a_person(refund: Refund) -> bool:
    by_hand = refund.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED) and is_paid_by_hand(refund)
    return by_hand or refund.status == RefundStatus.NEEDS_REVIEW
