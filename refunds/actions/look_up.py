"""Ask the provider once more, now, because a person wants to know."""

from uuid import UUID

from accounts.actor import Actor, use_case
from accounts.roles import START_REFUND
from common import clock
from common.nudge import nudge_after_commit
from refunds.actions.move import PAY, lock_refund
from refunds.errors import RefundNotAwaiting
from refunds.models import Refund, RefundStatus
from refunds.providers import is_paid_by_hand

IN_QUESTION = (RefundStatus.UNKNOWN, RefundStatus.PENDING, RefundStatus.NEEDS_REVIEW)


@use_case
def look_up_refund(refund_id: UUID | str, *, actor: Actor, note: str = "") -> Refund:
    """A worker asks at once, or is asking already; only the provider's word moves the refund.

    Raises NotFound, RefundNotAwaiting and PermissionDenied.
    """
    refund = lock_refund(refund_id, actor=actor)
    if not can_be_looked_up(refund):
        raise RefundNotAwaiting(status=refund.status, decided_by=None)
    actor.ensure_may(START_REFUND)
    if not is_being_asked(refund):
        Refund.objects.plan(refund.pk, clock.now())
        nudge_after_commit(PAY, str(refund.pk))
    return refund


def can_be_looked_up(refund: Refund) -> bool:
    """Whether there is a try that somebody else than a person can be asked about."""
    return refund.status in IN_QUESTION and not is_paid_by_hand(refund) and refund.attempts.exists()


def is_being_asked(refund: Refund) -> bool:
    return refund.leased_until is not None and refund.leased_until > clock.now()
