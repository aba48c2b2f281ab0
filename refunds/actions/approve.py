"""Let a refund above its asker's limit go, or turn it down."""

from uuid import UUID

from accounts.actor import Actor, use_case
from accounts.roles import DECIDE_APPROVAL
from common.errors import PermissionDenied
from refunds.actions.move import lock_refund, move, send_on_its_way
from refunds.actions.request import first_status
from refunds.errors import RefundNotAwaiting
from refunds.models import Refund, RefundStatus


@use_case
def approve_refund(refund_id: UUID, *, actor: Actor) -> Refund:
    """Raises NotFound, PermissionDenied (for one's own request too) and RefundNotAwaiting."""
    refund = lock_refund(refund_id, actor=actor)
    ensure_another_decides(refund, actor)
    ensure_awaiting(refund)
    send_on_its_way(refund, first_status(refund.source), actor=actor, approved_by=actor.employee)
    return refund


@use_case
def reject_refund(refund_id: UUID, *, actor: Actor, note: str = "") -> Refund:
    """By a decider, or by the desk itself when nobody decided in time. Raises as ``approve_refund``."""
    refund = lock_refund(refund_id, actor=actor)
    if not actor.is_system:
        ensure_another_decides(refund, actor)
    ensure_awaiting(refund)
    move(refund, RefundStatus.REJECTED, actor=actor, note=note)
    return refund


def ensure_another_decides(refund: Refund, actor: Actor) -> None:
    """Who asked never decides, whatever the key or session they come with, or asked with."""
    actor.ensure_may(DECIDE_APPROVAL)
    if actor.employee is None or actor.is_integration or actor.asked(refund.requested_by_id, refund.requested_with):
        raise PermissionDenied("Another person must decide this.", required_permission=DECIDE_APPROVAL)


def ensure_awaiting(refund: Refund) -> None:
    if refund.status != RefundStatus.AWAITING_APPROVAL:
        raise RefundNotAwaiting(status=refund.status, decided_by=None)
