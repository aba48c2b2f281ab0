"""Tell everybody who wants to hear: of each event its subscribers, and of each message its recipient.

Both at least once: a row is leased, worked on, and ended or put off; a worker that dies only delays it.
"""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from structlog.contextvars import bound_contextvars

from accounts.models import Employee
from common import clock
from common.erasing import copies_names
from common.leases import LeasedQuerySet, delay_after, work_off
from common.nudge import nudge_after_commit
from events.channels import CHANNELS
from events.feed import place_all
from events.models import Delivery, Event, Leased
from events.record import DELIVER
from events.subscribers import readings_of, subscribers_of
from events.webhooks.fan_out import fan_out

log = structlog.get_logger(__name__)

BATCH = 20
DONE = {"next_attempt_at": None, "leased_until": None, "last_error": ""}


HAS_LEFT = "They no longer work here."


class WorkersDied(Exception):
    """Every worker that took the row died before it could say what went wrong."""


def deliver_due() -> None:
    """Deliver what is due, events first, for as long as one more mail fits into the task's time."""
    place_all()
    end = time.monotonic() + settings.TASK_SOFT_LIMIT - settings.EMAIL_TIMEOUT
    work_off(deliver_events, seconds=end - time.monotonic())
    work_off(send_message, seconds=end - time.monotonic())


def deliver_events() -> bool:
    """A batch, in the order in which the events happened; False if none is due."""
    if not Event.objects.is_any_due():
        return False
    with transaction.atomic():
        events = take(Event.objects.all(), BATCH)
        fan_out(events)
    are_read = read_together(events)
    for event in end_unheard(events) if are_read else events:
        deliver(event, is_read=are_read)
    return bool(events)


def read_together(events: Sequence[Event]) -> bool:
    """False where one of them is in the way of the others: then each is read by itself."""
    try:
        with transaction.atomic():
            copies_names()
            read(events)
    except Exception as error:
        log.warning("delivery.not_read_together", error=type(error).__name__)
        return False
    return True


def read(events: Sequence[Event]) -> None:
    for reader, heard in readings_of(events):
        reader(heard)


def end_unheard(events: Sequence[Event]) -> list[Event]:
    """Those that somebody wants to be told of; the others are done."""
    heard = [event for event in events if subscribers_of(event.name)]
    if unheard := {event.pk for event in events} - {event.pk for event in heard}:
        ours = Event.objects.filter(pk__in=unheard, leased_until=events[0].leased_until)
        ours.update(**DONE)
    return heard


def deliver(event: Event, *, is_read: bool) -> None:
    """What the subscribers write stands or falls with the event's being delivered."""
    with bound_contextvars(request_id=event.request_id, event=event.name):
        try:
            with transaction.atomic():
                copies_names()
                if end(event):
                    for subscriber in subscribers_of(event.name):
                        subscriber(event)
                    if not is_read:
                        read([event])
        except Exception as error:
            put_off(event, error)


def send_message() -> bool:
    """The message that is due longest; False if none is."""
    if not Delivery.objects.is_any_due():
        return False
    with transaction.atomic():
        deliveries = take(Delivery.objects.all(), 1)
    for delivery in deliveries:
        with bound_contextvars(delivery_id=str(delivery.pk)):
            if has_left(delivery):
                end(delivery, last_error=HAS_LEFT)
                continue
            try:
                CHANNELS[delivery.channel](delivery)
            except Exception as error:
                put_off(delivery, error)
            else:
                end(delivery, sent_at=clock.now())
    return bool(deliveries)


def has_left(delivery: Delivery) -> bool:
    """Whether it is for an employee who works here no more: a digest, or a second try, may be a day old."""
    return (
        delivery.employee_id is not None
        and not Employee.objects.filter(pk=delivery.employee_id, is_active=True).exists()
    )


def take(candidates: LeasedQuerySet, limit: int) -> list[Any]:
    """The try is counted before it is made, so that a row that kills its workers is given up too."""
    rows = candidates.take(limit, attempts=F("attempts") + 1)
    for row in rows:
        row.attempts += 1
        if row.attempts > settings.DELIVERY_MAX_ATTEMPTS:
            put_off(row, WorkersDied())
    return [row for row in rows if row.attempts <= settings.DELIVERY_MAX_ATTEMPTS]


def end(row: Leased, **changes: Any) -> bool:
    """Nothing is left to do; False if our lease ran out and another worker has the row."""
    return write_if_ours(row, **DONE | changes)


def put_off(row: Leased, error: Exception) -> None:
    """Try again later; after the last try the row stays, with its error, for a person."""
    given_up = row.attempts >= settings.DELIVERY_MAX_ATTEMPTS
    later = clock.now() + delay_after(row.attempts, settings.DELIVERY_RETRY_DELAYS)
    # The error's text may hold an address, so it stands in the row alone.
    log.warning("delivery.failed", error=type(error).__name__, attempts=row.attempts, given_up=given_up)
    write_if_ours(
        row,
        next_attempt_at=None if given_up else later,
        leased_until=None,
        last_error=f"{type(error).__name__}: {error}".replace("\0", "")[:500],
    )


def try_anew(row: Leased) -> None:
    """For a row that was given up, once a person has seen to its error: due now, with all its tries before it."""
    type(row)._default_manager.filter(pk=row.pk, next_attempt_at=None).update(next_attempt_at=clock.now(), attempts=0)
    nudge_after_commit(DELIVER)


def write_if_ours(row: Leased, **changes: Any) -> bool:
    """False if our lease ran out and another worker has the row."""
    ours = type(row)._default_manager.filter(pk=row.pk, leased_until=row.leased_until)
    return ours.update(**changes) == 1
