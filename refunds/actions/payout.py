"""Finance pays cash and corporate accounts by hand, and says of each payout what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.actor import Actor, use_case
from common.errors import DeskError, ValidationFailed
from refunds.actions.confirm import confirm_refund
from refunds.actions.move import lock_refund
from refunds.errors import RefundNotAwaiting
from refunds.models import Refund, RefundStatus
from refunds.providers import is_paid_by_hand


@dataclass(frozen=True, slots=True)
class PayoutResult:
    """Of one payout among several: ``refusal`` is None where it was written down."""

    refund_id: UUID
    refusal: DeskError | None


@use_case
def confirm_payout(refund_id: UUID | str, reference: str, *, actor: Actor, note: str = "") -> Refund:
    """It was paid, by the payment that ``reference`` names.

    Raises NotFound, RefundNotAwaiting, ValidationFailed and PermissionDenied (for one's own request too).
    """
    ensure_to_be_paid(lock_refund(refund_id, actor=actor))
    if not reference.strip():
        raise ValidationFailed({"reference": ["Say by which payment it was paid."]})
    return confirm_refund(refund_id, RefundStatus.SUCCEEDED, actor=actor, note=note, reference=reference.strip())


@use_case
def deny_payout(refund_id: UUID | str, *, actor: Actor, note: str) -> Refund:
    """It was not paid, and will not be: its amount is free again. Raises as ``confirm_payout``."""
    ensure_to_be_paid(lock_refund(refund_id, actor=actor))
    return confirm_refund(refund_id, RefundStatus.FAILED, actor=actor, note=note)


def confirm_payouts(references: Iterable[tuple[UUID, str]], *, actor: Actor) -> list[PayoutResult]:
    """Each by itself, so that one that is refused does not stop the others."""
    return [PayoutResult(refund_id, _refusal(refund_id, reference, actor)) for refund_id, reference in references]


def _refusal(refund_id: UUID, reference: str, actor: Actor) -> DeskError | None:
    try:
        confirm_payout(refund_id, reference, actor=actor)
    except DeskError as refusal:
        return refusal
    return None


def ensure_to_be_paid(refund: Refund) -> None:
    if refund.status != RefundStatus.PENDING or not is_paid_by_hand(refund):
        raise RefundNotAwaiting(status=refund.status, decided_by=None)
