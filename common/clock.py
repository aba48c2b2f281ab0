"""The one place that tells the time, so that a job or a test can run as if it were another moment."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.utils import timezone

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d(:?[0-5]\d)?)", re.ASCII)
LAST = datetime.max.replace(tzinfo=UTC)

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware; inside ``as_if_at`` the moment given there."""
    return _moment.get() or timezone.now()


def moment_in(text: str) -> datetime | None:
    """An ISO 8601 date-time with any offset, in UTC; None for anything else, a date alone among it."""
    if not MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or in UTC in the year 0 or 10000
        return None


def later(moment: datetime, by: timedelta) -> datetime:
    """``moment`` (aware, in UTC) and ``by``; at most the last moment there is."""
    return moment + min(by, LAST - moment)


@contextmanager
def as_if_at(moment: datetime) -> Iterator[None]:
    """Let ``now`` answer ``moment`` (aware) inside the block."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
