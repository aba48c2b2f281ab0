"""Ask the insurer about a claim, outside any transaction, and write down what came of it."""

import structlog
from django.conf import settings

from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from common.leases import delay_after
from refunds.actions.claim import accept_claim, lock_claim, reject_claim
from refunds.actions.claim_open import save, tell
from refunds.errors import RefundNotAwaiting
from refunds.models import PAID_CLAIM, Claim, ClaimStatus
from refunds.providers import insurer_http
from refunds.providers.base import ProviderRefused, ProviderUnavailable, storable
from refunds.providers.insurer_http import ClaimAnswer

log = structlog.get_logger(__name__)


def settle_claim(claim: Claim, *, actor: Actor) -> None:
    """Ask, and write down what came of it. Whatever is no definite word, a fault of ours too, is no answer: it is
    asked again, by the same key and ever later.
    """
    try:
        ask_and_apply(claim, actor=actor)
    except RefundNotAwaiting:
        log.warning("claim.late_answer", claim_id=str(claim.pk))
    except ProviderUnavailable as error:
        put_off(claim, str(error))
    except Exception as error:
        log.exception("claim.ask_failed", claim_id=str(claim.pk))
        put_off(claim, type(error).__name__)


def ask_and_apply(claim: Claim, *, actor: Actor) -> None:
    try:
        answer = insurer_http.look(claim) if claim.filed_at else insurer_http.file(claim)
    except ProviderRefused as refusal:  # the insurer does not even take the claim
        reject_claim(claim.refund_id, code=refusal.code, reason=refusal.reason, claim_id=claim.pk, actor=actor)
        return
    note_progress(claim, answer, actor=actor)
    if answer.status in PAID_CLAIM:
        accept(claim, answer, actor=actor)
    elif answer.status == ClaimStatus.REJECTED:
        reject_claim(claim.refund_id, reason=answer.reason, claim_id=claim.pk, actor=actor)


def accept(claim: Claim, answer: ClaimAnswer, *, actor: Actor) -> None:
    """Raises as ``accept_claim``, but ``ProviderUnavailable`` for an amount that can't be: it is no answer."""
    try:
        accept_claim(claim.refund_id, amount=answer.accepted_amount, claim_id=claim.pk, actor=actor)
    except ValidationFailed as error:
        told, why = storable(str(answer.accepted_amount), 40), " ".join(error.errors["amount"])
        raise ProviderUnavailable(f"The insurer accepted {told}. {why}") from error


@use_case
def note_progress(claim: Claim, answer: ClaimAnswer, *, actor: Actor) -> None:
    """The insurer has it, by this reference; a claim in review is never again merely submitted."""
    refund, found = lock_claim(claim.refund_id, claim.pk, actor=actor)
    began_review = answer.status == ClaimStatus.IN_REVIEW and found.status == ClaimStatus.SUBMITTED
    if found.filed_at is None or began_review:
        found.reference = answer.reference or found.reference
        found.filed_at = found.filed_at or clock.now()
        found.status = ClaimStatus.IN_REVIEW if began_review else found.status
        save(found)
        tell(found, refund, actor=actor)
    next_look = found.next_attempt_at
    if next_look == claim.next_attempt_at:  # else an event came while we asked, and it is due again
        claim.next_attempt_at = next_look = clock.now() + delay_after(1, [settings.REFUND_POLL_SECONDS])
    Claim.objects.plan(found.pk, next_look, tries=0, last_error="")


def put_off(claim: Claim, why: str) -> None:
    """Nothing is asked any more of a claim that was closed meanwhile, and what became due meanwhile stays so."""
    at = clock.now() + delay_after(claim.tries, settings.REFUND_RETRY_DELAYS)
    still_open = Claim.objects.open().filter(pk=claim.pk)
    still_open.filter(next_attempt_at=claim.next_attempt_at).update(next_attempt_at=at)
    # Its tries are set back by ``note_progress``, even if the answer was not applied.
    still_open.update(leased_until=None, tries=claim.tries, last_error=storable(why, 500))
