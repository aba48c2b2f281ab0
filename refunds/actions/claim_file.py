"""File the claims that are due, and ask what became of them: by lease, outside any transaction, by one key."""

from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Least

from accounts.actor import Actor, use_case
from common.leases import work_off
from refunds.actions.claim_open import open_claim
from refunds.actions.claim_settle import settle_claim
from refunds.actions.move import lock_refund
from refunds.models import Claim, ClaimQuerySet, Refund, RefundQuerySet, RefundStatus

MOST_TRIES = 1000  # are counted: by then the longest delay is long reached, and the column holds no number


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
    settle_claim(claim, actor=actor)
    return True


@use_case
def take(candidates: ClaimQuerySet, *, actor: Actor) -> Claim | None:
    """Lease the claim that is due longest; of many workers at once, one gets it."""
    taken = candidates.take(1, tries=Least(F("tries"), MOST_TRIES - 1) + 1)
    return Claim.objects.select_related("refund__issue").get(pk=taken[0].pk) if taken else None
