"""A commit that comes late, readers and placers at once: whoever follows the feed's places misses nothing."""

import threading
from itertools import count

import pytest
from django.db import connection, transaction

from accounts.actor import Actor, Grants
from common.prepared import insert_all
from events import feed
from events.models import Event, FeedHead
from events.record import record
from tests.concurrency.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ALL = Grants(permissions=frozenset(), refund_limit=0, stores=None)
WRITERS, EACH = 8, 25


def happen(name: str) -> None:
    record({"order.updated": {"changed": [name]}}, actor=Actor.system("test"))


def names_of(events) -> list[str]:
    return [event.data["changed"][0] for event in events]


def commits_late(between) -> None:
    """``late`` is recorded first and committed last; ``between`` runs while it is open, after ``early`` is through."""
    recorded, go_on = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            happen("late")
            recorded.set()
            assert go_on.wait(timeout=20)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert recorded.wait(timeout=20)
    try:
        happen("early")
        between()
    finally:
        go_on.set()
        thread.join(timeout=20)


@pytest.mark.postgresql
def test_what_commits_late_comes_behind_what_was_read():
    read = []

    def follow() -> None:
        place = read[-1].end if read else None
        read.append(feed.read(place, 10, grants=ALL))

    commits_late(between=follow)
    follow()
    follow()
    assert [names_of(reading.events) for reading in read] == [["early"], ["late"], []]
    first, second = Event.objects.order_by("position")
    assert first.created_at > second.created_at, "the late one was indeed made first"


@pytest.mark.postgresql
def test_control_a_reader_who_goes_by_the_ids_misses_it():
    read = []

    def follow() -> None:
        events = Event.objects.order_by("pk")
        read.extend(events.filter(pk__gt=read[-1].pk) if read else events)

    commits_late(between=follow)
    follow()
    assert names_of(read) == ["early"]


@pytest.mark.postgresql
def test_control_a_place_that_is_dealt_out_at_the_insert_loses_it(monkeypatch):
    """As a serial column does: the place is taken before the commit."""
    places, read = count(1), []

    def place_and_insert(events) -> None:
        for event in events:
            event.position = next(places)
        insert_all(events)

    def follow() -> None:
        behind = read[-1].position if read else 0
        read.extend(Event.objects.filter(position__gt=behind).order_by("position"))

    with monkeypatch.context() as patch:
        patch.setattr("events.record.insert_all", place_and_insert)
        commits_late(between=follow)
    follow()
    assert names_of(read) == ["early"]


class Follower:
    """Reads the feed page by page until the writers have ended, and once more."""

    def __init__(self, writers: int) -> None:
        self.seen: list[str] = []
        self.writers = threading.Semaphore(0)
        self.writers_left = writers

    def follow(self) -> None:
        place: int | None = None
        while True:
            while self.writers_left and self.writers.acquire(blocking=False):
                self.writers_left -= 1
            is_last_look = self.writers_left == 0
            reading = feed.read(place, 7, grants=ALL)
            self.seen.extend(names_of(reading.events))
            place = reading.end
            if is_last_look and not reading.has_more:
                return


def write_and_place(number: int) -> None:
    for step in range(EACH):
        with transaction.atomic():
            happen(f"{number}-{step}")
        if number % 2:
            feed.place_all()


def test_while_many_write_and_place_a_follower_sees_each_event_once():
    follower = Follower(WRITERS)

    def work(number: int) -> None:
        if number == WRITERS:
            return follower.follow()
        try:
            return write_and_place(number)
        finally:
            follower.writers.release()

    assert [each for each in all_at_once(WRITERS + 1, work) if isinstance(each, Exception)] == []
    assert sorted(follower.seen) == sorted(f"{number}-{step}" for number in range(WRITERS) for step in range(EACH))
    positions = list(Event.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, WRITERS * EACH + 1))
    assert FeedHead.objects.get().placed == WRITERS * EACH
