"""The one place that tells the time, so that a job or a test can run as if it were another moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware; inside ``as_if_at`` the moment given there."""
    return _moment.get() or timezone.now()


@contextmanager
def as_if_at(moment: datetime) -> Iterator[None]:
    """Let ``now`` answer ``moment`` (aware) inside the block."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
