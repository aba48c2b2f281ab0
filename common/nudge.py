"""Tell a worker that there is something to do, once the change is committed.

A nudge makes work prompt and carries no truth: the row that says what must happen is written with the
change and swept by beat. So a broker that is down delays and never fails a request.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)

_held: ContextVar[bool] = ContextVar("held", default=False)
_answers: ContextVar[Mapping[str, Callable[[], None]] | None] = ContextVar("answers", default=None)


@contextmanager
def nudges_held() -> Iterator[None]:
    """Send none for what is done inside the block: its author does the workers' part as well."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def nudges_answered(answers: Mapping[str, Callable[[], None]]) -> Iterator[None]:
    """Inside the block, which a worker runs, those named are answered here and now: the way over the broker is long."""
    token = _answers.set(answers)
    try:
        yield
    finally:
        _answers.reset(token)


def nudge_after_commit(task: str, *args: str) -> None:
    """Send the task named ``task`` with ``args`` (text only) when the transaction commits."""
    if not _held.get():
        transaction.on_commit(lambda: _send(task, args))


def _send(task: str, args: tuple[str, ...]) -> None:
    if answer := (_answers.get() or {}).get(task):
        answer()
        return
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as error:  # whatever the broker's client raises: the sweep will find the row
        log.warning("nudge.lost", task=task, error=type(error).__name__)
