"""Tell a worker that there is something to do, once the change is committed.

A nudge makes work prompt and carries no truth: the row that says what must happen is written with the change and swept
by beat. So a broker that is down or slow delays; it fails no request and keeps none waiting, for a thread talks to it.
"""

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)

# What a busy moment asks for again and again within this time is sent once more.
GATHERED_FOR = 0.1  # seconds
MOST_WAITING = 10_000
AT_EXIT = 2.0  # seconds that a process which ends gives to what waits

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
        transaction.on_commit(lambda: _answer_or_send(task, args))


def _answer_or_send(task: str, args: tuple[str, ...]) -> None:
    if answer := (_answers.get() or {}).get(task):
        answer()
    else:
        _nudger.send(task, args)


class _Nudger:
    """The thread of this process that sends them, begun with the first one."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, tuple[str, ...]], None] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_sending = False

    def send(self, task: str, args: tuple[str, ...]) -> None:
        with self._changed:
            if len(self._waiting) == MOST_WAITING:
                log.warning("nudge.lost", task=task, error="too many are waiting")
                return
            self._waiting[task, args] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nudges", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def finish(self, seconds: float) -> None:
        """Wait until none is left to send, or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_sending, seconds)

    def _run(self) -> None:
        """The first goes at once; those that follow closely are gathered, so that busy requests pay for few."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                nudges, self._waiting = list(self._waiting), {}
                self._is_sending = True
            for task, args in nudges:
                _send(task, args)
            with self._changed:
                self._is_sending = False
                self._changed.notify_all()
            time.sleep(GATHERED_FOR)


def _send(task: str, args: tuple[str, ...]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as error:  # whatever the broker's client raises: the sweep will find the row
        log.warning("nudge.lost", task=task, error=type(error).__name__)


_nudger = _Nudger()


def _begin_anew() -> None:
    """In a process that was forked, which has none of its parent's threads."""
    global _nudger
    _nudger = _Nudger()


os.register_at_fork(after_in_child=_begin_anew)
atexit.register(lambda: _nudger.finish(AT_EXIT))
