"""Take a refund that is due, and commit what is about to be asked before anybody is asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.actor import Actor, use_case
from common import clock
from refunds.actions.move import move
from refunds.destination import asked_for
from refunds.models import Refund, RefundAttempt, RefundQuerySet, RefundStatus, Source
from refunds.providers import payment_of
from refunds.providers.base import KEY_WINDOW, Payment, PayRequest


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask the provider. ``calls``: how many by this key, with the one to come. ``looks``: only to look the
    attempt up. ``lease`` tells ours from a later one.
    """

    request: PayRequest
    attempt_id: int
    idempotency_key: str
    calls: int
    looks: bool
    lease: datetime | None


@use_case
def take(candidates: RefundQuerySet, *, actor: Actor) -> Job | None:
    """Lease the first of ``candidates`` that is due; of many workers at once, one gets it.

    Its order is not locked, so the row is written once: PostgreSQL looks at the order and the issue, and waits for
    whoever has locked them, when a row is updated a second time in a transaction.
    """
    for refund in candidates.pick():
        attempt: Any = refund.last_attempt()
        if needs_new_attempt(refund, attempt):
            attempt = new_attempt(refund, attempt)
            move_and_keep(refund, RefundStatus.PROCESSING, actor=actor)
        elif refund.status == RefundStatus.PROCESSING:  # its worker died; whether the provider was asked is not known
            move_and_keep(refund, RefundStatus.UNKNOWN, actor=actor)
        else:
            Refund.objects.hold(refund)
        return job_for(refund, attempt)
    return None


def move_and_keep(refund: Refund, status: str, *, actor: Actor) -> None:
    """Move a refund that we hold; if we die, it is due again when our lease ends."""
    kept: dict[str, Any] = {"leased_until": refund.leased_until, "next_attempt_at": refund.next_attempt_at}
    move(refund, status, actor=actor, **kept)


def needs_new_attempt(refund: Refund, attempt: RefundAttempt | None) -> bool:
    """Whether it is certain that the last attempt, if any, paid nothing."""
    is_gone = attempt is not None and attempt.outcome == RefundAttempt.Outcome.ABSENT
    return refund.status == RefundStatus.QUEUED or (refund.status == RefundStatus.UNKNOWN and is_gone)


def new_attempt(refund: Refund, last: RefundAttempt | None) -> RefundAttempt:
    number = last.number + 1 if last else 1
    return RefundAttempt(refund=refund, number=number, idempotency_key=f"{refund.pk}-{number}", created_at=clock.now())


def job_for(refund: Refund, attempt: RefundAttempt) -> Job:
    """Send, and send again with the same key while the provider surely knows it; after that only look."""
    now = clock.now()
    sends = refund.status in (RefundStatus.PROCESSING, RefundStatus.UNKNOWN) and now < attempt.created_at + KEY_WINDOW
    attempt.calls += 1
    if sends:
        attempt.last_sent_at = now
    attempt.save()
    return Job(
        request=PayRequest(
            refund_id=refund.pk,
            amount=refund.amount,
            currency=refund.currency,
            account=refund.source,
            payment=payment_behind(refund),
            attempt=attempt.number,
        ),
        attempt_id=attempt.pk,
        idempotency_key=attempt.idempotency_key,
        calls=attempt.calls,
        looks=not sends,
        lease=refund.leased_until,
    )


def payment_behind(refund: Refund) -> Payment:
    """Credit goes to whom it was asked for, or to nobody: the order may be put on another customer at any time."""
    payment = payment_of(refund.order, refund.source)
    if refund.source != Source.STORE_CREDIT:
        return payment
    customer_id = asked_for(refund)
    return replace(payment, customer_id=customer_id, customer_changed=customer_id != payment.customer_id)
