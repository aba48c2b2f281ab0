"""Receivers on loopback, which is open to webhooks in these tests alone, and webhooks that are sent to them."""

import pytest

from accounts.actor import Actor
from events.actions.create_webhook import create_webhook
from events.record import record
from tests.receiver import Receiver

SYSTEM = Actor.system("test")


@pytest.fixture
def loopback(settings):
    settings.WEBHOOK_TEST_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def receiving(loopback):
    """``receiving(behave)``: a receiver, closed when the test ends."""
    open_ones: list[Receiver] = []

    def receiving(behave=None) -> Receiver:
        open_ones.append(Receiver(behave))
        return open_ones[-1]

    yield receiving
    for receiver in open_ones:
        receiver.close()


@pytest.fixture
def receiver(receiving):
    return receiving()


@pytest.fixture
def webhook(db, loopback):
    """``webhook(receiver, …)``: the endpoint and its secret."""

    def webhook(receiver, events=("order.updated",), **fields):
        made = create_webhook({"url": receiver.url, "events": list(events), **fields}, actor=SYSTEM)
        return made.endpoint, made.secret

    return webhook


@pytest.fixture
def happened():
    """``happened(number)``: an event that webhooks may choose."""

    def happened(number: int = 0, order_id: str = "ORDER-1"):
        return record({"order.updated": {"changed": [str(number)]}}, actor=SYSTEM, order_id=order_id)[0]

    return happened
