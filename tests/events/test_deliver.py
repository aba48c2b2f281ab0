"""The outbox: what happened is told to whoever subscribed, at least once, and never what did not happen."""

from datetime import timedelta

import pytest
import structlog
from django.db import transaction

from accounts.actor import Actor, use_case
from common import clock
from events import deliver
from events.models import Event
from events.record import record
from events.subscribers import _readers, _subscribers, subscribe, subscribe_to_many
from orders.models import Store
from tests.factories import StoreFactory

THUNDER = "test.thunder"


@pytest.fixture(autouse=True)
def own_subscribers(monkeypatch):
    """What a test subscribes is forgotten after it."""
    for name in (THUNDER, "test.lightning"):
        monkeypatch.setitem(_subscribers, name, [])
    monkeypatch.setattr("events.subscribers._readers", list(_readers))


@pytest.fixture
def heard():
    """The events that a subscriber to thunder was called with."""
    events: list[Event] = []
    subscribe(THUNDER, events.append)
    return events


@use_case
def happen(*names: str, actor=None, request_id="r-1") -> None:
    record({name: {"loud": True} for name in names}, actor=actor, order_id="ORDER-1")


def happened(*names: str, **kwargs) -> None:
    happen(*names, actor=Actor(employee=None, via="system", request_id="r-1", job="test"), **kwargs)


def later(seconds: float):
    return clock.as_if_at(clock.now() + timedelta(seconds=seconds))


def test_a_subscriber_hears_of_an_event_once(db, heard):
    happened(THUNDER)
    deliver.deliver_due()
    deliver.deliver_due()
    assert [(event.name, event.data, event.order_id) for event in heard] == [(THUNDER, {"loud": True}, "ORDER-1")]


def test_what_was_rolled_back_is_never_told(db, heard):
    with transaction.atomic():
        happened(THUNDER)
        transaction.set_rollback(True)
    deliver.deliver_due()
    assert heard == []


def test_events_come_in_the_order_in_which_they_happened(db):
    order: list[str] = []
    subscribe(THUNDER, lambda event: order.append(event.data["number"]))
    actor = Actor.system("test")
    for number in range(2 * deliver.BATCH + 1):
        record({THUNDER: {"number": number}}, actor=actor)
    deliver.deliver_due()
    assert order == list(range(2 * deliver.BATCH + 1))


def test_an_event_that_nobody_wants_is_done(db):
    happened("test.silence")
    deliver.deliver_due()
    event = Event.objects.get()
    assert (event.next_attempt_at, event.last_error) == (None, "")


class TestAReader:
    """Is called with many events at once."""

    def test_gets_those_that_are_delivered_together_and_each_once(self, db, heard):
        readings: list[list[str]] = []
        subscribe_to_many([THUNDER, "test.lightning"], lambda events: readings.append([each.name for each in events]))
        happened(THUNDER, "test.silence", "test.lightning")
        deliver.deliver_due()
        deliver.deliver_due()
        assert readings == [[THUNDER, "test.lightning"]]
        assert [event.name for event in heard] == [THUNDER]
        assert not Event.objects.exclude(next_attempt_at=None).exists()

    def test_that_fails_at_one_event_has_read_the_others(self, db, heard):
        def write_and_fail(events):
            for event in events:
                StoreFactory(id=f"{event.pk}")
            if any(event.name == "test.lightning" for event in events):
                raise ValueError("too bright")

        subscribe_to_many([THUNDER, "test.lightning"], write_and_fail)
        happened(THUNDER, "test.lightning")
        deliver.deliver_due()
        good, bad = Event.objects.get(name=THUNDER), Event.objects.get(name="test.lightning")
        assert [store.pk for store in Store.objects.all()] == [str(good.pk)]
        assert (good.next_attempt_at, [event.pk for event in heard]) == (None, [good.pk])
        assert (bad.next_attempt_at is not None, bad.last_error) == (True, "ValueError: too bright")


class TestAFailingSubscriber:
    @pytest.fixture
    def failing(self, db):
        """Writes, and then fails, as often as there are errors."""
        errors = [ValueError("no luck")]

        def write_and_fail(event):
            StoreFactory(id=f"{event.pk}")
            if errors:
                raise errors.pop()

        subscribe(THUNDER, write_and_fail)
        return errors

    def test_leaves_nothing_behind_and_is_called_again_later(self, failing):
        happened(THUNDER)
        deliver.deliver_due()
        event = Event.objects.get()
        assert Store.objects.count() == 0
        assert event.last_error == "ValueError: no luck"
        deliver.deliver_due()
        assert Store.objects.count() == 0, "it is not due yet"
        with later(10):
            deliver.deliver_due()
        assert Store.objects.count() == 1
        event.refresh_from_db()
        assert (event.next_attempt_at, event.last_error) == (None, "")

    def test_does_not_keep_others_waiting(self, failing, heard):
        happened(THUNDER, "test.lightning")
        seen = []
        subscribe("test.lightning", seen.append)
        deliver.deliver_due()
        assert len(seen) == 1

    def test_is_given_up_after_some_tries_and_stays_with_its_error(self, failing, settings):
        settings.DELIVERY_MAX_ATTEMPTS = 3
        failing.extend([ValueError("no luck")] * 10)
        happened(THUNDER)
        for day in range(10):
            with later(day * 86400):
                deliver.deliver_due()
        event = Event.objects.get()
        assert (event.attempts, event.next_attempt_at, event.last_error) == (3, None, "ValueError: no luck")

    def test_a_text_that_no_database_takes_is_no_trouble(self, failing):
        failing[:] = [ValueError("\0" * 1000)]
        happened(THUNDER)
        deliver.deliver_due()
        assert Event.objects.get().last_error == "ValueError: "


class TestLeases:
    def test_what_another_worker_has_is_left_to_it(self, db, heard):
        happened(THUNDER)
        with transaction.atomic():
            deliver.take(Event.objects.all(), 1)
        deliver.deliver_due()
        assert heard == []

    def test_what_a_dead_worker_had_is_taken_over(self, db, heard, settings):
        happened(THUNDER)
        with transaction.atomic():
            deliver.take(Event.objects.all(), 1)
        with later(settings.LEASE_SECONDS + 1):
            deliver.deliver_due()
        assert len(heard) == 1

    def test_a_worker_that_lost_its_lease_tells_nobody(self, db, heard, settings):
        happened(THUNDER)
        with transaction.atomic():
            (slow,) = deliver.take(Event.objects.all(), 1)
        with later(settings.LEASE_SECONDS + 1):
            deliver.deliver_due()
            deliver.deliver(slow, is_read=True)
        assert len(heard) == 1

    def test_what_kills_its_workers_is_given_up(self, db, heard, settings):
        settings.DELIVERY_MAX_ATTEMPTS = 2
        happened(THUNDER)
        for round_ in range(5):
            with later(round_ * 100), transaction.atomic():
                deliver.take(Event.objects.all(), 1)
        event = Event.objects.get()
        assert event.next_attempt_at is None
        assert event.last_error.startswith("WorkersDied")


def test_the_log_of_a_worker_names_the_request(db):
    structlog.contextvars.clear_contextvars()
    seen = []
    subscribe(THUNDER, lambda event: seen.append(structlog.contextvars.get_contextvars()["request_id"]))
    happened(THUNDER)
    deliver.deliver_due()
    assert seen == ["r-1"]
    assert "request_id" not in structlog.contextvars.get_contextvars()


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_sweep_ends_when_its_time_is_up(db, heard, settings, seconds):
    settings.TASK_SOFT_LIMIT = settings.EMAIL_TIMEOUT + seconds
    for _ in range(2 * deliver.BATCH):
        happened(THUNDER)
    deliver.deliver_due()
    assert len(heard) == deliver.BATCH
