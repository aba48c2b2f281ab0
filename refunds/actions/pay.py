"""Pay what is due: take it, ask its provider outside any transaction, write down what came of it."""

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from django.conf import settings
from structlog.contextvars import bound_contextvars

from accounts.actor import Actor
from common import clock
from common.leases import delay_after, work_off
from common.nudge import nudge_after_commit, nudges_held
from events.record import DELIVER
from refunds.actions.move import PAY
from refunds.actions.settle import settle
from refunds.actions.take import Job, take
from refunds.models import Refund, RefundQuerySet
from refunds.providers import provider_of
from refunds.providers.base import Answer, Outcome, ProviderRefused, ProviderUnavailable, storable

log = structlog.get_logger(__name__)

HANDED_ON, IN_ONE_TASK = 100, 10


def pay_refund(refund_id: UUID | str, *, actor: Actor) -> None:
    """Go one step on with the refund, if it is due and nobody else has it."""
    pay_next(Refund.objects.filter(pk=refund_id), actor=actor)


def pay_refunds(refund_ids: Iterable[str], *, actor: Actor) -> None:
    """As ``pay_refund`` with each of them, for as long as one more call fits into the task's time."""
    waiting = iter(refund_ids)

    def pay_another() -> bool:
        if (refund_id := next(waiting, None)) is None:
            return False
        with bound_contextvars(refund_id=refund_id):
            pay_refund(refund_id, actor=actor)
        return True

    pay_off(pay_another)


def pay_due_refunds(*, actor: Actor) -> None:
    """Go one step on with every refund that is due, in the same way.

    What is due then is handed to the other workers, so that a backlog is not paid one by one.
    """
    pay_off(lambda: pay_next(Refund.objects.all(), actor=actor))
    left = Refund.objects.due().order_by("next_attempt_at").values_list("pk", flat=True)
    ids = [str(refund_id) for refund_id in left[:HANDED_ON]]
    for start in range(0, len(ids), IN_ONE_TASK):
        nudge_after_commit(PAY, *ids[start : start + IN_ONE_TASK])


def pay_off(step: Callable[[], bool]) -> None:
    """The news of it all is told by one nudge: with two for each refund the workers would do little else."""
    with nudges_held():
        work_off(step, seconds=settings.TASK_SOFT_LIMIT - settings.REFUND_HTTP_TIMEOUT)
    nudge_after_commit(DELIVER)


def pay_next(candidates: RefundQuerySet, *, actor: Actor) -> bool:
    """False if none of ``candidates`` is due."""
    if not candidates.is_any_due():
        return False
    job = take(candidates, actor=actor)
    if job is None:
        return False
    answer = ask(job)
    try:
        settle(job, answer, actor=actor)
    except Exception:  # a fault of ours, which the next call may meet again: the provider is not called at every lease
        log.exception("refund.settle_failed", refund_id=str(job.request.refund_id), answer=answer.outcome)
        put_off(job)
    return True


def put_off(job: Job) -> None:
    """Ask again by the same key, ever later, unless somebody else has the refund by now."""
    at = clock.now() + delay_after(job.calls, settings.REFUND_RETRY_DELAYS)
    Refund.objects.filter(leased_until=job.lease).plan(job.request.refund_id, at)


def ask(job: Job) -> Answer:
    """The provider's word. Whatever is no definite word, a fault of ours too, is ``unknown`` and never ``failed``."""
    try:
        return look_up(job) if job.looks else send(job)
    except ProviderUnavailable as error:
        return Answer(Outcome.UNKNOWN, reason=storable(str(error), 500))
    except Exception as error:
        log.exception("refund.ask_failed", refund_id=str(job.request.refund_id))
        return Answer(Outcome.UNKNOWN, reason=type(error).__name__)


def send(job: Job) -> Answer:
    try:
        provider = provider_of(job.request.account, job.request.payment)
        if job.calls == 1:  # later it says nothing: an earlier call may have paid
            provider.check(job.request.payment)
        return provider.refund(job.request, job.idempotency_key)
    except ProviderRefused as refusal:
        return Answer(Outcome.FAILED, code=refusal.code, reason=refusal.reason)


def look_up(job: Job) -> Answer:
    provider = provider_of(job.request.account, job.request.payment)
    return provider.find(job.request, job.idempotency_key) or Answer(Outcome.ABSENT)
