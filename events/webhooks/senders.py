"""Threads of a worker's process that send webhooks, so that no task waits for a receiver.

Each takes one delivery, sends it, and takes the next, until its lane has none that may be sent now. Whoever took one
first wakes another, so there are as many at work as there is work, up to the lane's width.
"""

import contextvars
import threading
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection

from events.models import WebhookEndpoint
from events.webhooks.send import send
from events.webhooks.take import take

log = structlog.get_logger(__name__)

LANES = tuple(WebhookEndpoint.Lane.values)
_places = {lane: threading.BoundedSemaphore(settings.WEBHOOK_SENDERS[lane]) for lane in LANES}


def wake() -> None:
    """See to it that every lane is looked into, by a thread of its own where there is room for one."""
    for lane in LANES:
        wake_lane(lane)


def wake_lane(lane: str) -> None:
    if not _places[lane].acquire(blocking=False):
        return  # all are at work, and take what is there when they are through
    try:
        run = contextvars.copy_context().run  # the clock's, above all
        threading.Thread(target=run, args=(_work, lane), name=f"webhooks-{lane}").start()
    except BaseException:
        _places[lane].release()
        raise


def _work(lane: str) -> None:
    try:
        # A process that is to end finishes what it has in hand, and no more.
        while threading.main_thread().is_alive() and send_next(lane, before_sending=lambda: _let_others_work(lane)):
            pass
    except Exception:
        log.exception("webhook.sender_failed")  # the sweep wakes another
    finally:
        connection.close()
        _places[lane].release()


def _let_others_work(lane: str) -> None:
    """Another sender looks for more, and our connection is free for it while we wait for the receiver."""
    wake_lane(lane)
    connection.close()


def send_here() -> None:
    """Send what is due, one after the other, in this thread."""
    for lane in LANES:
        while send_next(lane):
            pass


def send_next(lane: str, *, before_sending: Callable[[], None] = lambda: None) -> bool:
    """False if nothing of the lane may be sent now."""
    delivery = take(lane)
    if delivery is None:
        return False
    before_sending()
    send(delivery)
    return True
