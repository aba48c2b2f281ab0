"""Threads of a worker's process that send webhooks, so that no task waits for a receiver.

Each takes one delivery, sends it, and looks for the next, until its lane has none that may be sent now. Whoever found
one first wakes another, so there are as many at work as there is work, up to the lane's width. They look one after the
other: many at once would choose the same delivery and wait for each other.
"""

import contextvars
import threading

import structlog
from django.conf import settings
from django.db import connection

from events.models import WebhookDelivery, WebhookEndpoint
from events.webhooks.send import send
from events.webhooks.take import take

log = structlog.get_logger(__name__)


class Lane:
    """How many are at work in this process, and how many of them are about to look for more."""

    def __init__(self, name: str, width: int) -> None:
        self.name, self.width = name, width
        self._at_work = self._about_to_look = 0
        self._is_woken_when_full = False
        self._counting, self._turn = threading.Lock(), threading.Lock()

    def wake(self) -> None:
        """See to it that somebody looks after this moment."""
        with self._counting:
            if self._about_to_look:
                return
            if self._at_work == self.width:
                self._is_woken_when_full = True
                return
            self._at_work += 1
            self._about_to_look += 1
        try:
            run = contextvars.copy_context().run  # the clock's, above all
            threading.Thread(target=run, args=(self._work,), name=f"webhooks-{self.name}").start()
        except BaseException:
            with self._counting:
                self._about_to_look -= 1
                self._at_work -= 1
            raise

    def _work(self) -> None:
        """Until nothing is found. A process that is to end finishes what it has in hand, and no more."""
        try:
            while delivery := self._look():
                self.wake()
                connection.close()  # free for others while we wait for the receiver
                send(delivery)
                connection.close()  # and while we wait for our turn: whoever has it needs one
                with self._counting:
                    self._about_to_look += 1
        except Exception:
            log.exception("webhook.sender_failed")  # the sweep wakes another
        finally:
            connection.close()
            self._leave()

    def _look(self) -> WebhookDelivery | None:
        with self._turn:
            with self._counting:
                self._about_to_look -= 1
            return take(self.name) if threading.main_thread().is_alive() else None

    def _leave(self) -> None:
        with self._counting:
            self._at_work -= 1
            is_woken, self._is_woken_when_full = self._is_woken_when_full, False
        if is_woken and threading.main_thread().is_alive():
            self.wake()


LANES = {name: Lane(name, settings.WEBHOOK_SENDERS[name]) for name in WebhookEndpoint.Lane.values}


def wake() -> None:
    """See to it that every lane is looked into."""
    for lane in LANES.values():
        lane.wake()


def send_here() -> None:
    """Send what is due, one after the other, in this thread."""
    for lane in LANES:
        while send_next(lane):
            pass


def send_next(lane: str) -> bool:
    """False if nothing of the lane may be sent now."""
    delivery = take(lane)
    if delivery is None:
        return False
    send(delivery)
    return True
