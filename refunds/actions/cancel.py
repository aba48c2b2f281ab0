"""Call a refund back while the provider does not have it."""

from uuid import UUID

from accounts.actor import Actor, use_case
from accounts.roles import START_REFUND
from refunds.actions.claim_open import withdraw_claim
from refunds.actions.move import lock_refund, move
from refunds.errors import RefundNotCancellable
from refunds.models import MOVES, Refund, RefundStatus, Source


@use_case
def cancel_refund(refund_id: UUID | str, *, actor: Actor, note: str = "") -> Refund:
    """Its amount is free again at once. Raises NotFound, RefundNotCancellable, PermissionDenied."""
    refund = lock_refund(refund_id, actor=actor)
    if RefundStatus.CANCELLED not in MOVES[refund.status]:
        raise RefundNotCancellable(status=refund.status)
    actor.ensure_may(START_REFUND)
    move(refund, RefundStatus.CANCELLED, actor=actor, note=note)
    if refund.source == Source.INSURANCE:
        withdraw_claim(refund, actor=actor)
    return refund
