"""In whose name the present code writes: one context variable, read by the audit and the event log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from common.errors import NoActor


@dataclass(frozen=True, slots=True)
class Origin:
    """``employee`` and ``key`` are primary keys; ``via`` is ``api``, ``admin``, ``web`` or ``system``."""

    employee: int | None
    key: int | None
    via: str
    request_id: str


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin:
    """Raises ``NoActor`` outside ``writing_as``."""
    origin = _origin.get()
    if origin is None:
        raise NoActor("No actor, no write: run this inside a use-case.")
    return origin


@contextmanager
def writing_as(origin: Origin) -> Iterator[None]:
    """Everything written inside the block is audited as done by ``origin``."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
