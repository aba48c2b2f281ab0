"""Threads of a worker's process that send webhooks, so that no task waits for a receiver.

Of those of a lane one looks at a time for a delivery to take; the one who found some lets another look, and sends. So
there are as many at work as there is work, up to the lane's width, and nobody looks where another is just looking.
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
    """Who is at work in this process, and which of them is looking for more."""

    def __init__(self, name: str, width: int) -> None:
        self.name, self.width = name, width
        self._at_work: set[threading.Thread] = set()
        self._looking: threading.Thread | None = None
        self._look_again = False
        self._deciding = threading.Lock()

    def wake(self) -> None:
        """See to it that somebody looks after this moment."""
        run = contextvars.copy_context().run  # the clock's, above all
        thread = threading.Thread(target=run, args=(self._work,), name=f"webhooks-{self.name}")
        with self._deciding:
            # Where all are sending, each of them looks when it is through.
            if (len(self._at_work) == self.width and not self._looking) or not self._may_look(thread):
                return
            self._at_work.add(thread)
        try:
            thread.start()
        except BaseException:
            self._leave(thread)
            raise

    def _work(self) -> None:
        """By a thread that begins by looking, and ends when it finds nothing or another looks."""
        try:
            while delivery := self._look():
                self.wake()
                connection.close()  # free for others while we wait for the receiver
                send(delivery)
                with self._deciding:
                    if not self._may_look(threading.current_thread()):
                        break
        except Exception:
            log.exception("webhook.sender_failed")  # the sweep wakes another
        finally:
            connection.close()
            self._leave(threading.current_thread())

    def _look(self) -> WebhookDelivery | None:
        """What was found, so that another may look; or nothing, and we have left, so that the next wake is heard.

        Where we were woken while we looked, we look again. A process that is to end finishes what it has in hand.
        """
        while threading.main_thread().is_alive():
            delivery = take(self.name)
            with self._deciding:
                if delivery:
                    self._looking = None
                    return delivery
                if not self._look_again:
                    self._forget(threading.current_thread())
                    return None
                self._look_again = False
        return None

    def _may_look(self, thread: threading.Thread) -> bool:
        """False where another is just looking, who then looks again."""
        if self._looking:
            self._look_again = True
            return False
        self._looking, self._look_again = thread, False
        return True

    def _leave(self, thread: threading.Thread) -> None:
        with self._deciding:
            self._forget(thread)

    def _forget(self, thread: threading.Thread) -> None:
        self._at_work.discard(thread)
        if self._looking is thread:
            self._looking = None


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
