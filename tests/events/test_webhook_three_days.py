"""Receivers in trouble for three days, by a clock that is set: all of it arrives when they are back, or stands in the
list of failed ones; each event under its one id, and in little memory however much they say.
"""

import tracemalloc
from datetime import timedelta

import pytest

from common import clock
from events import deliver
from events.models import WebhookAttempt, WebhookDelivery
from events.webhooks import client, senders
from tests.receiver import (
    Receiver,
    a_byte_at_a_time,
    answer,
    endless_body,
    endless_headers,
    garbage,
    hang_up,
    wait,
)

TROUBLE = {
    "it fails": answer(503),
    "it redirects": answer(307, Location="http://127.0.0.1:1/"),
    "it is slow": wait(0.3),
    "it sends a byte at a time": a_byte_at_a_time,
    "its headers never end": endless_headers,
    "its error never ends": endless_body(500),
    "it speaks no http": garbage,
    "it hangs up": hang_up,
}
ATTEMPTS = 10
DAYS = 3
MOST_BYTES = 512 * 1024


@pytest.fixture(autouse=True)
def impatient(settings):
    settings.WEBHOOK_TIMEOUT = 0.1


def send_at(moment) -> None:
    with clock.as_if_at(moment):
        deliver.deliver_due()
        senders.send_here()


def let_happen(happened, start) -> list[str]:
    """An event each twelve hours of the three days, with what is to be sent meanwhile."""
    events = []
    for hour in range(DAYS * 24):
        if hour % 12 == 0:
            with clock.as_if_at(start + timedelta(hours=hour)):
                events.append(str(happened(hour).pk))
        send_at(start + timedelta(hours=hour))
    return events


def send_all_that_is_left(start) -> None:
    for hour in range(DAYS * 24, DAYS * 24 + 36):
        send_at(start + timedelta(hours=hour))


@pytest.mark.parametrize("trouble", TROUBLE)
def test_when_a_receiver_is_well_again_it_gets_everything(webhook, receiving, happened, trouble):
    receiver, start = receiving(TROUBLE[trouble]), clock.now()
    webhook(receiver)
    events = let_happen(happened, start)
    assert WebhookDelivery.objects.delivered().count() == 0
    assert set(receiver.ids) == set(events), "tried in vain, under no other id"
    receiver.calls.clear()
    receiver.behave = answer(200)
    send_all_that_is_left(start)
    assert sorted(receiver.ids) == sorted(events)
    assert WebhookDelivery.objects.delivered().count() == len(events)


def test_when_a_receiver_that_was_not_there_is_back_it_gets_everything(webhook, receiving, happened):
    receiver, start = receiving(), clock.now()
    webhook(receiver)
    receiver.close()
    events = let_happen(happened, start)
    assert receiver.ids == []
    back = Receiver(port=receiver.port)
    send_all_that_is_left(start)
    back.close()
    assert sorted(back.ids) == sorted(events)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_never_gets_well_leaves_its_events_in_the_list_of_failed_ones(
    webhook, receiving, happened, settings, trouble
):
    settings.WEBHOOK_DISABLE_AFTER_DAYS = 100
    receiver = receiving(TROUBLE[trouble])
    webhook(receiver)
    event = happened()
    send_at(clock.now())
    while (due := WebhookDelivery.objects.get().next_attempt_at) is not None:
        send_at(due)
    assert WebhookDelivery.objects.failed().get().last_error
    assert WebhookAttempt.objects.count() == ATTEMPTS
    assert receiver.ids == [str(event.pk)] * ATTEMPTS


def most_bytes_of_an_attempt(webhook, receiving, happened, behave) -> int:
    """How much memory it took at once, beyond what was held before; the receiver's part included."""
    webhook(receiving(behave))
    happened()
    send_at(clock.now())  # what is loaded at the first time stays
    due = WebhookDelivery.objects.get().next_attempt_at
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        send_at(due)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("behave", [endless_headers, endless_body(500)], ids=["headers", "body"])
def test_an_answer_without_end_takes_little_memory(webhook, receiving, happened, settings, behave):
    settings.WEBHOOK_TIMEOUT = 1
    assert most_bytes_of_an_attempt(webhook, receiving, happened, behave) < MOST_BYTES


@pytest.mark.parametrize("behave", [endless_headers, endless_body(500)], ids=["headers", "body"])
def test_control_with_wider_limits_it_takes_much(webhook, receiving, happened, settings, monkeypatch, behave):
    settings.WEBHOOK_TIMEOUT = 1
    monkeypatch.setattr(client, "MOST_HEADERS", 4 * MOST_BYTES)
    monkeypatch.setattr(client, "MOST_BODY", 4 * MOST_BYTES)
    assert most_bytes_of_an_attempt(webhook, receiving, happened, behave) > MOST_BYTES
