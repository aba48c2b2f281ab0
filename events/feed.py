"""The feed of all that happened: each event has a place in it, and a reader who follows the places misses none.

An event's id and time are made before its transaction commits, so a reader who went by them would pass by one whose
commit came late. Its place is therefore dealt out after the commit, by one process at a time: whoever sees a place
sees all places before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts.actor import Grants
from common import clock
from common.errors import ValidationFailed
from common.leases import work_off
from events.errors import CursorForgotten
from events.models import Event, EventQuerySet, FeedHead

BATCH = 200


def place_all() -> None:
    """Give every committed event its place. Cheap where nothing waits for one."""
    while place_some():
        pass


def place_some() -> bool:
    """A batch, the oldest first; False if nothing was left to place."""
    # Spares SQLite a write lock. In their order, so that PostgreSQL takes their index.
    if not Event.objects.unplaced().values_list("pk")[:1]:
        return False
    with transaction.atomic():
        head = FeedHead.objects.select_for_update().get()
        placed = Event.objects.place_oldest(BATCH, behind=head.placed)
        head.placed += placed
        head.save(update_fields=["placed"])
    return placed == BATCH


@dataclass(frozen=True)
class Reading:
    """``end`` is the place from which to go on: that of the last event, or how far was looked in vain."""

    events: list[Event]
    end: int
    has_more: bool


def read(after: int | None, limit: int, *, grants: Grants, names: Sequence[str] = ()) -> Reading:
    """Up to ``limit`` events behind the place ``after``; None begins with the oldest that is kept.

    Raises ``ValidationFailed`` for a place that was never dealt out, ``CursorForgotten`` where events behind it were
    removed for their age.
    """
    place_all()
    reach = FeedHead.objects.get().placed
    if after is not None and after > reach:
        raise ValidationFailed({"after": ["There is no such place in this feed."]})
    events = Event.objects.visible_to(grants).filter(position__gt=after or 0, position__lte=reach)
    if names:
        events = events.filter(name__in=names)
    found = list(events.order_by("position")[: limit + 1])
    if after is not None:
        _ensure_kept(after)  # asked after the reading, so that what was removed meanwhile is noticed too
    has_more = len(found) > limit
    return Reading(found[:limit], found[limit - 1].position or 0 if has_more else reach, has_more)


def _ensure_kept(after: int) -> None:
    head = FeedHead.objects.get()
    if after < head.forgotten:
        raise CursorForgotten(oldest_cursor=str(head.forgotten))


def forget_old_events() -> None:
    """Remove what was kept long enough, a batch at a time, for as long as the task has time."""
    before = clock.now() - timedelta(days=settings.EVENT_RETENTION_DAYS)
    work_off(lambda: forget_some(Event.objects.forgettable(before)), seconds=settings.TASK_SOFT_LIMIT / 2)


def forget_some(events: EventQuerySet) -> bool:
    """False if nothing was left to remove."""
    with transaction.atomic():
        rows = list(events.select_for_update().values_list("pk", "position")[:BATCH])
        if not rows:
            return False
        head = FeedHead.objects.select_for_update().get()
        head.forgotten = max(head.forgotten, *(position or 0 for _, position in rows))
        head.save(update_fields=["forgotten"])
        Event.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    return True
