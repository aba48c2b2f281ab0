"""A run of the reconciliation, and how it begins."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from accounts.actor import Actor, use_case
from common import clock
from refunds.models import Reconciliation

CLOCKS_DIFFER_BY = timedelta(hours=1)  # at the window's edge
DEAD_AFTER = timedelta(seconds=settings.BROKER_VISIBILITY_TIMEOUT)  # its task is ended before that


@dataclass
class Run:
    """A run while it runs.

    ``read``: the providers whose books were read to the end. ``moving``: the refunds that the next run must judge.
    """

    row: Reconciliation
    actor: Actor
    watch: Callable[[int], None] = lambda rows: None
    read: set[str] = field(default_factory=set)
    unread: list[dict[str, str]] = field(default_factory=list)
    moving: set[UUID] = field(default_factory=set)

    @property
    def ours_since(self) -> datetime:
        """From when on what was tried here must be in the books that were read."""
        return self.row.since + CLOCKS_DIFFER_BY


@use_case
def start(since: datetime, *, actor: Actor) -> Reconciliation:
    return Reconciliation.objects.create(since=since)


@use_case
def start_of_day(since: datetime, *, actor: Actor) -> Reconciliation | None:
    """None where the day has its run. One whose worker died is given up, and the day has none."""
    now, running = clock.now(), Reconciliation.objects.filter(outcome=Reconciliation.Outcome.RUNNING)
    given_up = {
        "outcome": Reconciliation.Outcome.INCOMPLETE,
        "finished_at": now,
        "unread": [broke_off("its worker died")],
    }
    running.filter(day=now.date(), started_at__lt=now - DEAD_AFTER).update(day=None, **given_up)
    row, is_new = Reconciliation.objects.get_or_create(day=now.date(), defaults={"since": since})
    return row if is_new else None


def broke_off(why: str) -> dict[str, str]:
    """Among what a run could not read."""
    return {"provider": "", "account": "", "reason": f"The run broke off: {why}"}
