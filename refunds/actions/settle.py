"""Write down what came of asking the provider. A refund only goes forward, however late or often an answer comes."""

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from accounts.actor import Actor, use_case
from common import clock
from common.leases import delay_after
from refunds.actions.doubt import ask_again_later, note_absence
from refunds.actions.move import lock_refund, move
from refunds.actions.paid_after_all import needs_no_new_try
from refunds.actions.take import Job
from refunds.expected import payment_expected_by
from refunds.models import MOVES, Refund, RefundAttempt, RefundStatus
from refunds.providers.base import ENDINGS, Answer, Outcome

log = structlog.get_logger(__name__)

ATTEMPT_OUTCOMES = {
    Outcome.SUCCEEDED: RefundAttempt.Outcome.ACCEPTED,
    Outcome.PENDING: RefundAttempt.Outcome.ACCEPTED,
    Outcome.RETURNED: RefundAttempt.Outcome.ACCEPTED,
    Outcome.FAILED: RefundAttempt.Outcome.REFUSED,
}


@use_case
def settle(job: Job, answer: Answer, *, actor: Actor) -> None:
    """A definite answer on the last attempt always counts; an indefinite one only under the lease it was asked by."""
    refund = lock_refund(job.request.refund_id, actor=actor)
    attempt, is_last = read_attempt(refund, job.attempt_id)
    if answer.outcome in ATTEMPT_OUTCOMES:
        take_at_its_word(refund, attempt, answer, is_last=is_last, actor=actor)
    elif refund.leased_until == job.lease:
        if answer.outcome == Outcome.ABSENT:
            note_absence(refund, attempt, actor=actor)
        else:
            ask_again_later(refund, attempt, answer, vain_look=job.looks, actor=actor)
        attempt.save()


@use_case
def hear(attempt: RefundAttempt, answer: Answer, *, actor: Actor) -> None:
    """A definite answer about a try that no worker asked for: an event led to it. The same again changes nothing."""
    refund = lock_refund(attempt.refund_id, actor=actor)
    attempt, is_last = read_attempt(refund, attempt.pk)
    if attempt.finished_at is None or attempt.evidence.get("outcome") != answer.outcome:
        take_at_its_word(refund, attempt, answer, is_last=is_last, actor=actor)


def read_attempt(refund: Refund, attempt_id: int) -> tuple[RefundAttempt, bool]:
    """As it stands now, and whether no later one was begun."""
    attempts = refund.read_attempts()
    [attempt] = [each for each in attempts if each.pk == attempt_id]
    return attempt, attempt == attempts[-1]


def take_at_its_word(refund: Refund, attempt: RefundAttempt, answer: Answer, *, is_last: bool, actor: Actor) -> None:
    if is_overtaken(attempt, answer):
        log.warning("refund.answer_overtaken", refund_id=str(refund.pk), attempt=attempt.number)
        return
    if needs_no_new_try(refund, attempt, answer):
        move(refund, RefundStatus.PROCESSING, actor=actor)
    finish(attempt, answer)
    if is_last:
        go_forward(refund, answer, actor=actor)
    else:
        log.warning("refund.late_answer", refund_id=str(refund.pk), attempt=attempt.number, answer=answer.outcome)


def is_overtaken(attempt: RefundAttempt, answer: Answer) -> bool:
    """Whether the try is known to have ended: that it is pending was read before that, and is told after it."""
    return answer.outcome == Outcome.PENDING and attempt.evidence.get("outcome") in ENDINGS


def finish(attempt: RefundAttempt, answer: Answer) -> None:
    attempt.outcome = ATTEMPT_OUTCOMES[answer.outcome]
    attempt.provider_reference = answer.reference
    attempt.evidence = {"outcome": answer.outcome, "code": answer.code, "reason": answer.reason}
    attempt.finished_at = clock.now()
    attempt.save(update_fields=["outcome", "provider_reference", "evidence", "finished_at"])


def go_forward(refund: Refund, answer: Answer, *, actor: Actor) -> None:
    """To where the money is. What came back was paid before, even if we hear of both at once."""
    if answer.outcome == Outcome.RETURNED and RefundStatus.RETURNED not in MOVES[refund.status]:
        go_forward(refund, Answer(Outcome.SUCCEEDED, reference=answer.reference), actor=actor)
    status = status_after(refund, answer)
    next_look = when_to_look_again(answer)
    if status in MOVES[refund.status]:
        move(refund, status, actor=actor, **facts_of(refund, answer), next_attempt_at=next_look)
    elif status == refund.status:
        Refund.objects.plan(refund.pk, next_look)
    else:
        log.warning("refund.answer_ignored", refund_id=str(refund.pk), status=refund.status, answer=answer.outcome)


def status_after(refund: Refund, answer: Answer) -> RefundStatus:
    """A payment that fails after it had succeeded has come back."""
    failed_late = answer.outcome == Outcome.FAILED and refund.status == RefundStatus.SUCCEEDED
    return RefundStatus.RETURNED if failed_late else RefundStatus(answer.outcome)


def facts_of(refund: Refund, answer: Answer) -> dict[str, Any]:
    """The fields that the answer brings."""
    facts: dict[str, Any] = {"provider_reference": answer.reference or refund.provider_reference}
    if answer.outcome == Outcome.FAILED:
        facts |= {"failure_code": answer.code, "failure_reason": answer.reason}
    if answer.outcome == Outcome.PENDING:
        facts["expected_by"] = payment_expected_by(refund.source, refund.payment_method, start=clock.now())
    return facts


def when_to_look_again(answer: Answer) -> datetime | None:
    """Only what is pending goes on by itself, and only some providers can be asked about it."""
    goes_on = answer.outcome == Outcome.PENDING and answer.ask_again
    return clock.now() + delay_after(1, [settings.REFUND_POLL_SECONDS]) if goes_on else None
