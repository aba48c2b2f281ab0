"""The claim of a refund that waits for the insurer: opened with its evidence, withdrawn when the refund is."""

from django.conf import settings

from accounts.actor import Actor
from common import clock
from events.record import record
from refunds.models import Claim, ClaimStatus, Refund


def open_claim(refund: Refund) -> Claim:
    """The open claim of the locked refund; a new one if it has none, with the issue's words and attachments as of now.

    Without an insurer to call it waits for a person, else it is due at once.
    """
    claim = refund.claims.open().select_for_update().first()
    if claim is not None:
        return claim
    now = clock.now()
    claim = Claim(
        refund=refund,
        number=refund.claims.count() + 1,
        asked_amount=refund.amount,
        description=refund.issue.description,
        attachments=list(refund.issue.attachments.order_by("created_at", "id").values_list("url", flat=True)),
        created_at=now,
        next_attempt_at=now if settings.INSURER_URL else None,
    )
    claim.save()
    return claim


def withdraw_claim(refund: Refund, *, actor: Actor) -> None:
    """Nobody waits for the insurer's answer any more: the locked refund was called back."""
    claim = refund.claims.open().select_for_update().first()
    if claim is not None:
        close(claim, ClaimStatus.WITHDRAWN)
        tell(claim, refund, actor=actor)


def close(claim: Claim, status: str, *, note: str = "") -> None:
    """End the claim, with whatever was set on it: nothing is due any more."""
    claim.status = status
    claim.decided_at = clock.now()
    claim.next_attempt_at = claim.leased_until = None
    save(claim, note=note)


def save(claim: Claim, *, note: str = "") -> None:
    claim.version += 1
    claim._change_reason = note or None
    claim.save()


def tell(claim: Claim, refund: Refund, *, actor: Actor) -> None:
    """Record that the claim came to its status."""
    accepted = str(claim.accepted_amount) if claim.accepted_amount else None
    facts = {
        "claim_id": str(claim.pk),
        "refund_id": str(refund.pk),
        "reference": claim.reference,
        "asked_amount": str(claim.asked_amount),
        "accepted_amount": accepted,
        "currency": refund.currency,
        "reason": claim.reason,
    }
    record({f"claim.{claim.status}": facts}, actor=actor, order_id=refund.order_id, issue_id=refund.issue_id)
