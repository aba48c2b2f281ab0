"""File the claims that are due, and ask what became of them: by lease, outside any transaction, by one key."""

from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Exists, F, OuterRef

from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from common.leases import delay_after, work_off
from refunds.actions.claim import accept_claim, lock_claim, reject_claim
from refunds.actions.claim_open import open_claim, save, tell
from refunds.actions.move import lock_refund
from refunds.errors import RefundNotAwaiting
from refunds.models import PAID_CLAIM, Claim, ClaimQuerySet, ClaimStatus, Refund, RefundQuerySet, RefundStatus
from refunds.providers import insurer_http
from refunds.providers.base import ProviderRefused, ProviderUnavailable, storable
from refunds.providers.insurer_http import ClaimAnswer

log = structlog.get_logger(__name__)


def file_claims_of(refund_id: UUID | str, *, actor: Actor) -> None:
    """What a nudge asks for: open the refund's claim, and go one step on with it."""
    open_next(Refund.objects.filter(pk=refund_id), actor=actor)
    file_next(Claim.objects.filter(refund__pk=refund_id), actor=actor)


def file_due_claims(*, actor: Actor) -> None:
    """What a lost nudge left, and all that is due, for as long as one more call fits into the task's time."""
    seconds = settings.TASK_SOFT_LIMIT - settings.REFUND_HTTP_TIMEOUT
    work_off(lambda: open_next(Refund.objects.all(), actor=actor), seconds=seconds / 2)
    work_off(lambda: file_next(Claim.objects.all(), actor=actor), seconds=seconds / 2)


def open_next(candidates: RefundQuerySet, *, actor: Actor) -> bool:
    """False if each of ``candidates`` that waits for the insurer has its claim."""
    claimed = Exists(Claim.objects.open().filter(refund=OuterRef("pk")))
    waiting = candidates.filter(~claimed, status=RefundStatus.AWAITING_CLAIM)
    refund_id = waiting.order_by("created_at", "pk").values_list("pk", flat=True).first()
    if refund_id is not None:
        open_for(refund_id, actor=actor)
    return refund_id is not None


@use_case
def open_for(refund_id: UUID, *, actor: Actor) -> None:
    refund = lock_refund(refund_id, actor=actor)
    if refund.status == RefundStatus.AWAITING_CLAIM:
        open_claim(refund)


def file_next(candidates: ClaimQuerySet, *, actor: Actor) -> bool:
    """False if none of ``candidates`` is due, or there is no insurer to call."""
    if not settings.INSURER_URL or not candidates.is_any_due():
        return False
    claim = take(candidates, actor=actor)
    if claim is None:
        return False
    settle(claim, actor=actor)
    return True


@use_case
def take(candidates: ClaimQuerySet, *, actor: Actor) -> Claim | None:
    """Lease the claim that is due longest; of many workers at once, one gets it."""
    taken = candidates.take(1, tries=F("tries") + 1)
    return Claim.objects.select_related("refund__issue").get(pk=taken[0].pk) if taken else None


def settle(claim: Claim, *, actor: Actor) -> None:
    """Ask, and write down what came of it. No definite word is no answer: it is asked again, by the same key."""
    try:
        answer = insurer_http.look(claim) if claim.filed_at else insurer_http.file(claim)
        note_progress(claim, answer, actor=actor)
        if answer.status in PAID_CLAIM:
            accept(claim, answer, actor=actor)
        elif answer.status == ClaimStatus.REJECTED:
            reject_claim(claim.refund_id, reason=answer.reason, claim_id=claim.pk, actor=actor)
    except ProviderRefused as refusal:
        refuse(claim, refusal, actor=actor)
    except ProviderUnavailable as error:
        put_off(claim, error)
    except RefundNotAwaiting:
        log.warning("claim.late_answer", claim_id=str(claim.pk))


def accept(claim: Claim, answer: ClaimAnswer, *, actor: Actor) -> None:
    """Raises as ``accept_claim``, but ``ProviderUnavailable`` for an amount that can't be: it is no answer."""
    try:
        accept_claim(claim.refund_id, amount=answer.accepted_amount, claim_id=claim.pk, actor=actor)
    except ValidationFailed as error:
        told, why = storable(str(answer.accepted_amount), 40), " ".join(error.errors["amount"])
        raise ProviderUnavailable(f"The insurer accepted {told}. {why}") from error


def refuse(claim: Claim, refusal: ProviderRefused, *, actor: Actor) -> None:
    """The insurer does not even take the claim."""
    try:
        reject_claim(claim.refund_id, code=refusal.code, reason=refusal.reason, claim_id=claim.pk, actor=actor)
    except RefundNotAwaiting:
        log.warning("claim.late_answer", claim_id=str(claim.pk))


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


def put_off(claim: Claim, error: Exception) -> None:
    """Nothing is asked any more of a claim that was closed meanwhile, and what became due meanwhile stays so."""
    at = clock.now() + delay_after(claim.tries, settings.REFUND_RETRY_DELAYS)
    still_open = Claim.objects.open().filter(pk=claim.pk)
    still_open.filter(next_attempt_at=claim.next_attempt_at).update(next_attempt_at=at)
    # Its tries are set back by ``note_progress``, even if the answer was not applied.
    still_open.update(leased_until=None, tries=claim.tries, last_error=storable(str(error), 500))
