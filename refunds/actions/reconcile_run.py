"""A run of the reconciliation, how it begins, and what it could not read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from accounts.actor import Actor, use_case
from common import clock
from events.record import record
from refunds.models import Finding, Reconciliation

UNREAD = "reconciliation.incomplete"

CLOCKS_DIFFER_BY = timedelta(hours=1)  # at the window's edge
DEAD_AFTER = timedelta(seconds=settings.BROKER_VISIBILITY_TIMEOUT)  # its task is ended before that
AGAIN_AFTER = timedelta(minutes=30)  # beat asks each hour
MOST_IN_VAIN = 8  # of a day: the lists of those that answer are read each time, too


@dataclass
class Run:
    """A run while it runs.

    ``read``: the providers whose books were read to the end. ``moving``: the refunds that the next run must judge.
    ``earlier``: the runs that saw last what was open when this one began. What has been seen by none but them since
    is gone; clocks, which are set back now and then, don't say so.
    """

    row: Reconciliation
    actor: Actor
    watch: Callable[[int], None] = lambda rows: None
    read: set[str] = field(default_factory=set)
    unread: list[dict[str, str]] = field(default_factory=list)
    moving: set[UUID] = field(default_factory=set)
    earlier: set[UUID] = field(default_factory=lambda: set(Finding.objects.runs_that_are_over()))

    @property
    def ours_since(self) -> datetime:
        """From when on what was tried here must be in the books that were read."""
        return self.row.since + CLOCKS_DIFFER_BY


@use_case
def start(since: datetime, *, actor: Actor) -> Reconciliation:
    return Reconciliation.objects.create(since=since)


@use_case
def start_of_day(since: datetime, *, actor: Actor) -> Reconciliation | None:
    """None where the day has its run. One that read not all, or whose worker died, is tried again."""
    now = clock.now()
    give_up_the_dead(now, actor=actor)
    if Reconciliation.objects.in_vain_on(now).count() < MOST_IN_VAIN:
        ended = Reconciliation.objects.in_vain_on(now).filter(day=now.date(), finished_at__lte=now - AGAIN_AFTER)
        ended.update(day=None)
    row, is_new = Reconciliation.objects.get_or_create(day=now.date(), defaults={"since": since})
    return row if is_new else None


def give_up_the_dead(now: datetime, *, actor: Actor) -> None:
    running = Reconciliation.objects.filter(day__lte=now.date(), outcome=Reconciliation.Outcome.RUNNING)
    for row in running.filter(started_at__lt=now - DEAD_AFTER).select_for_update():
        row.day, row.finished_at, row.outcome = None, now, Reconciliation.Outcome.INCOMPLETE
        row.unread = [broke_off("its worker died")]
        row.save(update_fields=["day", "finished_at", "outcome", "unread"])
        tell_of_unread(row, actor=actor)


def broke_off(why: str) -> dict[str, str]:
    """Among what a run could not read."""
    return {"provider": "", "account": "", "reason": f"The run broke off: {why}"}


def tell_of_unread(row: Reconciliation, *, actor: Actor) -> None:
    """Once a day: of the first run that could not read all. Those that try again say nothing of it."""
    if row.unread and not Reconciliation.objects.in_vain_on(clock.now()).exclude(pk=row.pk).exists():
        record({UNREAD: {"reconciliation_id": str(row.pk), "unread": len(row.unread)}}, actor=actor)
