"""Senders at work in threads, with real connections: nobody waits for another's receiver, nothing is sent twice."""

import statistics
import threading
import time
from contextlib import ExitStack, closing

import pytest
from django.db import connection

from accounts.actor import Actor
from common import clock
from events import deliver
from events.actions.create_webhook import create_webhook
from events.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from events.record import record
from events.tasks import deliver_events
from events.webhooks import senders, take
from tests.concurrency.together import all_at_once
from tests.receiver import Receiver, answer, wait

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SYSTEM = Actor.system("test")
IDLE_IN_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


@pytest.fixture
def receivers(settings):
    """``receivers(behave)``: a receiver with its webhook; the senders have ended when the test has."""
    settings.WEBHOOK_TEST_NETWORKS = ["127.0.0.0/8"]
    with ExitStack() as stack:

        def receivers(behave=None) -> Receiver:
            receiver = stack.enter_context(closing(Receiver(behave)))
            create_webhook({"url": receiver.url, "events": ["order.updated"]}, actor=SYSTEM)
            return receiver

        yield receivers
        wait_for_senders()


def happen(count: int) -> None:
    for number in range(count):
        record({"order.updated": {"changed": [str(number)]}}, actor=SYSTEM)


def wait_for_senders() -> None:
    """Until none is left: one that ends may have started another."""
    while senders_left := [each for each in threading.enumerate() if each.name.startswith("webhooks-")]:
        for thread in senders_left:
            thread.join(timeout=30)
            assert not thread.is_alive(), "a sender does not end"


def until(condition, *, seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "not in time"
        time.sleep(0.01)
    return time.monotonic() - began


def test_slow_and_dead_receivers_delay_nobody(receivers, settings):
    settings.WEBHOOK_TIMEOUT = 3
    slow = [receivers(wait(2.5)) for _ in range(4)]
    dead = receivers()
    dead.close()
    good = receivers()
    happen(10)
    deliver.deliver_due()
    senders.wake()
    took = until(lambda: len(good.calls) == 10, seconds=2)
    print(f"10 to the good one in {took:.2f} s beside {len(slow)} slow and 1 dead")  # noqa: T201
    assert len(set(good.ids)) == 10
    for each in slow:
        each.close()  # so that those in line behind need not be waited for


def test_a_fault_of_one_moves_it_to_the_lane_of_its_like(receivers):
    bad, good = receivers(answer(500)), receivers()
    happen(1)
    deliver.deliver_due()
    senders.send_here()
    lanes = dict(WebhookEndpoint.objects.values_list("url", "lane"))
    assert lanes == {bad.url: "slow", good.url: "prompt"}
    bad.behave = answer(200)
    WebhookDelivery.objects.pending().update(next_attempt_at=clock.now())
    senders.send_here()
    assert set(WebhookEndpoint.objects.values_list("lane", flat=True)) == {"prompt"}


def test_no_more_than_four_at_once_go_to_one_address(receivers, settings):
    receiver = receivers(wait(0.1))
    happen(24)
    deliver.deliver_due()
    senders.wake()
    until(lambda: len(receiver.calls) == 24, seconds=10)
    wait_for_senders()
    assert receiver.most_at_once == settings.WEBHOOK_IN_FLIGHT == 4
    assert len(set(receiver.ids)) == 24


@pytest.mark.postgresql
def test_control_without_the_endpoints_lock_there_are_more(receivers, monkeypatch, settings):
    """All count before any has written its lease."""
    settings.WEBHOOK_IN_FLIGHT = 1
    receivers(wait(0.1))
    happen(8)
    deliver.deliver_due()
    have_counted = threading.Barrier(8)
    count = take.has_room

    def count_together(endpoint_id):
        found = count(endpoint_id)
        have_counted.wait(timeout=10)
        return found

    monkeypatch.setattr(take, "lock", lambda endpoint_id: WebhookEndpoint.objects.get(pk=endpoint_id))
    monkeypatch.setattr(take, "has_room", count_together)
    taken = all_at_once(8, lambda number: senders.take("prompt"))
    assert sum(isinstance(each, WebhookDelivery) for each in taken) > 1


def test_eight_who_take_at_once_take_different_ones_up_to_the_limit(receivers):
    receivers()
    happen(8)
    deliver.deliver_due()
    taken = [each for each in all_at_once(8, lambda number: senders.take("prompt")) if each]
    assert len({delivery.pk for delivery in taken}) == len(taken) == 4


def test_two_beats_at_once_send_each_once(receivers):
    receiver = receivers()
    happen(40)

    def beat(number: int) -> None:
        deliver.deliver_due()
        senders.send_here()

    assert all_at_once(2, beat) == [None, None]
    senders.send_here()
    assert len(receiver.ids) == len(set(receiver.ids)) == 40
    assert WebhookAttempt.objects.count() == 40


@pytest.mark.postgresql
def test_nothing_of_the_database_is_held_while_a_receiver_thinks(receivers):
    """No transaction is open, and the sender's connection is back in the pool."""
    go_on = threading.Event()
    receiver = receivers(lambda handler: (go_on.wait(10), answer(204)(handler)))
    happen(1)
    deliver.deliver_due()
    senders.wake()
    try:
        until(lambda: receiver.calls, seconds=5)
        with connection.cursor() as cursor:
            cursor.execute(IDLE_IN_TRANSACTION)
            assert cursor.fetchone() == (0,)
    finally:
        go_on.set()
    wait_for_senders()
    assert WebhookDelivery.objects.delivered().count() == 1


def test_a_worker_that_fans_out_wakes_its_own_senders(receivers):
    """Without the broker, to which nobody listens here. Whoever runs the job by hand only fans out."""
    receiver = receivers()
    happen(3)
    deliver_events()
    assert (WebhookDelivery.objects.pending().count(), receiver.connections) == (3, 0)
    happen(3)
    deliver_events.apply()
    until(lambda: len(receiver.calls) == 6, seconds=10)
    wait_for_senders()
    assert len(set(receiver.ids)) == 6


def test_the_first_attempt_is_prompt_under_fifty_events_a_second(receivers):
    """As the worker does it: each event's nudge delivers, and wakes the senders."""
    receiver = receivers()
    receiver.behave = lambda handler: (arrived.append(time.time()), answer(204)(handler))
    arrived: list[float] = []
    began = []
    for _ in range(50):
        began.append(time.time())
        happen(1)
        deliver.deliver_due()
        senders.wake()
        time.sleep(max(0.0, began[0] + len(began) / 50 - time.time()))
    until(lambda: len(arrived) == 50, seconds=20)
    waits = [end - start for start, end in zip(began, sorted(arrived), strict=True)]
    print(f"first attempt after {statistics.median(waits):.3f} s at the median, {max(waits):.3f} s at most")  # noqa: T201
    assert statistics.median(waits) < 2
