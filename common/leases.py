"""Rows that are work: what is due is taken by lease, done, and put off or ended.

A worker that dies holds its rows until the lease runs out, and no longer. The row says when it is due, never a
message of the broker.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.models import Q

from common import clock

Row = TypeVar("Row", bound=models.Model)


class LeasedQuerySet(models.QuerySet[Row]):
    """For models with ``next_attempt_at`` (null: nothing to do) and ``leased_until`` (null: free)."""

    def due(self, at: Any = None) -> "LeasedQuerySet[Row]":
        """Now, or ``at`` a moment, which may be the parameter of a prepared query."""
        now = at or clock.now()
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now), next_attempt_at__lte=now)

    def is_any_due(self) -> bool:
        """Asked before a transaction is begun, which spares SQLite a write lock.

        In the order of ``pick``, which ``exists`` would drop, so that PostgreSQL takes its index: in a long backlog,
        to which it finds any row as good as the next, it would read the table from the start, where everything is
        done already.
        """
        return bool(self.due().order_by("next_attempt_at", "pk").values_list("pk")[:1])

    def pick(self, limit: int = 1) -> list[Any]:
        """Up to ``limit`` rows that are due, longest due first, locked; their lease is still to be written.

        Rows that another worker is just picking are passed over where the database can; elsewhere its transaction
        has ended before ours reads.
        """
        rows: Any = self.longest_due(limit)
        until = end_of_lease()  # one for all: by it each row is known as ours
        for row in rows:
            row.leased_until = until
        return list(rows)

    def longest_due(self, limit: int, at: Any = None) -> "LeasedQuerySet[Row]":
        """What ``pick`` asks."""
        skip_locked = connection.features.has_select_for_update_skip_locked
        in_order = self.due(at).order_by("next_attempt_at", "pk")
        return in_order.select_for_update(of=("self",), skip_locked=skip_locked)[:limit]

    def take(self, limit: int = 1, **changes: Any) -> list[Any]:
        """As ``pick``, with the lease and ``changes`` written at once."""
        rows = self.pick(limit)
        if rows:
            mine = self.model._default_manager.filter(pk__in=[row.pk for row in rows])
            mine.update(leased_until=rows[0].leased_until, **changes)
        return rows


def end_of_lease() -> datetime:
    """Of one that begins now."""
    return clock.now() + timedelta(seconds=settings.LEASE_SECONDS)


def delay_after(tries: int, delays: Sequence[float], *, spread: tuple[float, float] = (0.8, 1.2)) -> timedelta:
    """How long to wait after ``tries`` (1 or more) in vain: ever longer, and spread, by a fifth either way."""
    seconds = delays[min(tries, len(delays)) - 1]
    return timedelta(seconds=seconds * random.uniform(*spread))  # noqa: S311 - spreads load, hides nothing


def work_off(step: Callable[[], bool], *, seconds: float) -> None:
    """Repeat ``step`` until it finds nothing to do or the time is up; the rest is for the next sweep."""
    end = time.monotonic() + seconds
    while step() and time.monotonic() < end:
        pass
