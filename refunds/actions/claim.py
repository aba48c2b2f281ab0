"""The answer to a claim: by the insurer's own word, or by a person who has it in writing."""

from decimal import Decimal
from uuid import UUID

from accounts.actor import Actor, use_case
from common.display import money
from common.errors import ValidationFailed
from common.money import fits_currency
from refunds.actions.approve import ensure_another_decides
from refunds.actions.claim_open import close, open_claim, save, tell
from refunds.actions.move import lock_refund, move, send_on_its_way
from refunds.allowance import release
from refunds.errors import RefundNotAwaiting
from refunds.models import PAID_CLAIM, Claim, ClaimStatus, Refund, RefundStatus, Source

CLAIM_REJECTED = "claim_rejected"
REJECTED_IN_WORDS = "The insurer rejected the claim"


@use_case
def accept_claim(
    refund_id: UUID | str, *, actor: Actor, amount: Decimal | None = None, claim_id: UUID | None = None, note: str = ""
) -> Refund:
    """The insurer pays ``amount`` of what was asked (None: all); from here on the refund goes the way of the payment.

    Accepted in part, the refund falls to that, and the rest of the order's total is free again. ``claim_id``: only
    that claim, if it is still open. Raises NotFound, RefundNotAwaiting, PermissionDenied and ValidationFailed.
    """
    refund, claim = lock_claim(refund_id, claim_id, actor=actor)
    accepted = claim.asked_amount if amount is None else amount
    ensure_acceptable(accepted, claim, refund.currency)
    claim.accepted_amount = accepted
    rest = claim.asked_amount - accepted
    note = note or (f"The insurer accepted {in_part(claim, refund.currency)}." if rest else "")
    close(claim, ClaimStatus.ACCEPTED_IN_PART if rest else ClaimStatus.ACCEPTED, note=note)
    send_on_its_way(refund, RefundStatus.QUEUED, actor=actor, note=note, amount=accepted)
    if rest:
        release(refund.order, rest)
    tell(claim, refund, actor=actor)
    return refund


@use_case
def reject_claim(
    refund_id: UUID | str,
    *,
    actor: Actor,
    code: str = CLAIM_REJECTED,
    reason: str = "",
    claim_id: UUID | None = None,
) -> Refund:
    """The amount is free again. Raises as ``accept_claim``."""
    refund, claim = lock_claim(refund_id, claim_id, actor=actor)
    claim.reason_code, claim.reason = code, reason
    close(claim, ClaimStatus.REJECTED, note=reason)
    failure = {"failure_code": code, "failure_reason": reason or REJECTED_IN_WORDS}
    move(refund, RefundStatus.FAILED, actor=actor, note=reason, **failure)
    tell(claim, refund, actor=actor)
    return refund


@use_case
def review_claim(refund_id: UUID | str, *, actor: Actor, claim_id: UUID | None = None, note: str = "") -> Refund:
    """The insurer has it and looks into it. Raises as ``accept_claim``."""
    refund, claim = lock_claim(refund_id, claim_id, actor=actor)
    if claim.status != ClaimStatus.IN_REVIEW:
        claim.status = ClaimStatus.IN_REVIEW
        save(claim, note=note)
        tell(claim, refund, actor=actor)
    return refund


def lock_claim(refund_id: UUID | str, claim_id: UUID | None, *, actor: Actor) -> tuple[Refund, Claim]:
    """The refund and its open claim, for one who may answer it: the desk's own jobs, or a decider who did not ask."""
    refund = lock_refund(refund_id, actor=actor)
    if refund.status != RefundStatus.AWAITING_CLAIM:
        raise RefundNotAwaiting(status=refund.status, decided_by=None)
    if not actor.is_system:
        ensure_another_decides(refund, actor)
    claim = open_claim(refund)
    if claim_id not in (None, claim.pk):
        raise RefundNotAwaiting(status=refund.status, decided_by=None)
    return refund, claim


def ensure_acceptable(accepted: Decimal, claim: Claim, currency: str) -> None:
    if not (accepted.is_finite() and 0 < accepted <= claim.asked_amount and fits_currency(accepted, currency)):
        most = money(claim.asked_amount, currency)
        raise ValidationFailed({"amount": [f"Must be more than zero, and at most the {most} that were asked for."]})


def in_part(claim: Claim, currency: str) -> str:
    assert claim.accepted_amount is not None, "asked of an accepted claim"
    return f"{money(claim.accepted_amount, currency)} of {money(claim.asked_amount, currency)}"


def needs_claim(refund: Refund) -> bool:
    """Whether the insurer has still to accept it; then it is filed anew, and paid by nobody before."""
    return refund.source == Source.INSURANCE and not refund.claims.filter(status__in=PAID_CLAIM).exists()
