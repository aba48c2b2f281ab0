"""What to do while it is not known whether money moved: keep it promised, ask again, and never guess."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.actor import Actor
from common import clock
from common.leases import delay_after
from refunds.actions.move import move
from refunds.models import Refund, RefundAttempt, RefundStatus
from refunds.providers.base import Answer

ABSENCE_CONFIRMED_AFTER = timedelta(hours=1)
MAX_ATTEMPTS = 3
MAX_VAIN_LOOKS = 8


def ask_again_later(refund: Refund, attempt: RefundAttempt, answer: Answer, *, vain_look: bool, actor: Actor) -> None:
    """Nothing is known: the amount stays promised. After many look-ups in vain a person must look."""
    vain_looks = attempt.evidence.get("vain_looks", 0) + vain_look
    attempt.evidence |= {"vain_looks": vain_looks, "reason": answer.reason, "asked_at": clock.now().isoformat()}
    if refund.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED):  # known; only the news of it failed to come
        Refund.objects.plan(refund.pk, clock.now() + delay_after(vain_looks, settings.REFUND_RETRY_DELAYS))
        return
    attempt.outcome = RefundAttempt.Outcome.UNKNOWN
    if refund.status == RefundStatus.NEEDS_REVIEW:  # a person wanted one more look
        Refund.objects.plan(refund.pk, None)
    elif vain_looks >= MAX_VAIN_LOOKS:
        move(refund, RefundStatus.NEEDS_REVIEW, actor=actor)
    else:
        wait_as_unknown(refund, clock.now() + delay_after(attempt.calls, settings.REFUND_RETRY_DELAYS), actor=actor)


def note_absence(refund: Refund, attempt: RefundAttempt, *, actor: Actor) -> None:
    """The provider does not know the attempt. Once may be its lag; twice, an hour apart, it was never there."""
    now = clock.now()
    attempt.evidence["asked_at"] = now.isoformat()
    first_seen = datetime.fromisoformat(attempt.evidence.setdefault("absent_at", now.isoformat()))
    confirmed_at = first_seen + ABSENCE_CONFIRMED_AFTER
    if refund.status != RefundStatus.UNKNOWN:  # it has told us of it before: this is no word of what became of it
        is_pending = refund.status == RefundStatus.PENDING
        Refund.objects.plan(refund.pk, now + ABSENCE_CONFIRMED_AFTER if is_pending else None)
    elif now < confirmed_at:
        Refund.objects.plan(refund.pk, confirmed_at)
    elif attempt.number >= MAX_ATTEMPTS:
        move(refund, RefundStatus.NEEDS_REVIEW, actor=actor)
    else:
        attempt.outcome = RefundAttempt.Outcome.ABSENT
        attempt.finished_at = now
        Refund.objects.plan(refund.pk, now)


def wait_as_unknown(refund: Refund, until: datetime, *, actor: Actor) -> None:
    if refund.status == RefundStatus.UNKNOWN:
        Refund.objects.plan(refund.pk, until)
    else:
        move(refund, RefundStatus.UNKNOWN, actor=actor, next_attempt_at=until)
