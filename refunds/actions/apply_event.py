"""Apply what providers told: read from the provider what is true now, and go forward to it.

Events come late, twice, reversed, and before we have written down what they are about: such a one waits.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor
from common.leases import LeasedQuerySet, work_off
from events.deliver import end, put_off, take
from orders.actions.note_dispute import note_dispute
from orders.models import Order
from refunds.actions.record_external import record_external
from refunds.actions.settle import hear
from refunds.models import ProviderEvent, RefundAttempt, Source
from refunds.providers import PAYERS
from refunds.providers.base import ProviderRefund

Outcome = ProviderEvent.Outcome
PATIENCE = 4  # tries, over a quarter of an hour, before what nobody here knows is taken for somebody else's
READS = 3


class NotHereYet(Exception):
    """What the event is about is not known here; it may be in a moment."""


def apply_event(event_id: UUID | str, *, actor: Actor) -> None:
    apply_next(ProviderEvent.objects.filter(pk=event_id), actor=actor)


def apply_due_events(*, actor: Actor) -> None:
    seconds = settings.TASK_SOFT_LIMIT - settings.REFUND_HTTP_TIMEOUT
    work_off(lambda: apply_next(ProviderEvent.objects.all(), actor=actor), seconds=seconds)


def apply_next(candidates: LeasedQuerySet, *, actor: Actor) -> bool:
    """False if none of ``candidates`` is due. One that can't be applied is put off, and in the end for a person."""
    if not candidates.is_any_due():
        return False
    with transaction.atomic():
        events = take(candidates, 1)
    for event in events:
        try:
            outcome = apply(event, actor=actor)
        except Exception as error:
            put_off(event, error)
        else:
            end(event, outcome=outcome)
    return bool(events)


def apply(event: ProviderEvent, *, actor: Actor) -> str:
    """Raises ``NotHereYet``, and as the provider's ``read``."""
    is_applied = follow_dispute(event, actor=actor) if event.disputed_payment else follow_refund(event, actor=actor)
    if is_applied:
        return Outcome.APPLIED
    if event.attempts < PATIENCE:
        raise NotHereYet("Nothing here is known by what the event names")
    return Outcome.NOT_OURS


def follow_refund(event: ProviderEvent, *, actor: Actor) -> bool:
    """False if neither a refund nor an order here knows of it."""
    found = PAYERS[event.provider].read(event.account, event.refund_reference)
    if found is None:
        raise NotHereYet("The provider does not show the refund yet")
    attempt = attempt_of(event.provider, found)
    if attempt is not None:
        hear(attempt, found.answer, actor=actor)
        return True
    if found.refund_id and event.attempts < PATIENCE:  # it says that it is ours
        return False
    return record_external(event.provider, event.account, found, actor=actor) is not None


def attempt_of(provider: str, found: ProviderRefund) -> RefundAttempt | None:
    """Ours by the provider's reference, or by our id in what it was given, however the order is paid by now."""
    named = RefundAttempt.objects.filter(provider_reference=found.answer.reference)
    known = named.filter(refund__provider__in=[provider, Source.INSURANCE]).first()
    if known is None and found.refund_id is not None:
        known = RefundAttempt.objects.filter(refund=found.refund_id, number=found.attempt or 0).first()
    return known


def follow_dispute(event: ProviderEvent, *, actor: Actor) -> bool:
    """Read again after it is written: of two events at once, the one that read first may write last."""
    orders = Order.objects.paid_by(event.provider, [event.disputed_payment, event.payment_alias])
    for _ in range(READS):
        is_disputed = PAYERS[event.provider].is_disputed(event.account, event.disputed_payment)
        changed = [note_dispute(order_id, is_disputed=is_disputed, actor=actor) for order_id in orders]
        if not any(changed):
            break
    return bool(orders)
