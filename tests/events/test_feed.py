"""The feed: everything that happened, in the order of the commits, from any place on, for as long as it is kept."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.actor import Actor
from common import clock
from common.leases import work_off
from events import deliver, feed
from events.messages import Message, queue_messages
from events.models import Delivery, Event, FeedHead
from events.record import record
from tests.api_client import ApiClient
from tests.factories import EmployeeFactory, OrderFactory, StoreFactory, TeamFactory, key_for

SYSTEM = Actor.system("test")


@pytest.fixture
def api(alice):
    return ApiClient(key_for(alice))


def happened(number: int, order_id: str = "ORDER-1") -> None:
    record({"order.updated": {"changed": [str(number)]}}, actor=SYSTEM, order_id=order_id)


def numbers(answer) -> list[int]:
    return [int(row["data"]["changed"][0]) for row in answer.json()["results"]]


def below(address: str) -> str:
    return address.removeprefix("http://testserver/api/v1")


def test_it_begins_with_the_oldest_and_goes_on_from_any_place(api):
    for number in range(5):
        happened(number)
    first = api.get("/events?limit=2")
    assert numbers(first) == [0, 1]
    assert first.json()["has_more"] is True
    assert first.json()["cursor"] == first.json()["results"][-1]["cursor"]
    second = api.get(below(first.json()["next"]))
    assert numbers(second) == [2, 3]
    assert numbers(api.get(f"/events?after={second.json()['cursor']}")) == [4]


def test_at_its_end_it_waits_for_more(api):
    happened(1)
    end = api.get("/events").json()
    assert end["has_more"] is False
    assert api.get(below(end["next"])).json()["results"] == []
    happened(2)
    assert numbers(api.get(below(end["next"]))) == [2]


def test_an_event_is_shown_whole(api, order):
    record(
        {"order.created": {"store_id": "s", "total_amount": "12.500", "currency": "USD"}}, actor=SYSTEM, order_id="A"
    )
    (row,) = api.get("/events").json()["results"]
    event = Event.objects.get()
    assert row == {
        "id": str(event.pk),
        "type": "order.created",
        "version": 1,
        "timestamp": event.created_at.isoformat().replace("+00:00", "Z"),
        "order_id": "A",
        "issue_id": None,
        "via": "system",
        "request_id": "test",
        "data": {"store_id": "s", "total_amount": 12.5, "currency": "USD"},
        "cursor": str(event.position),
    }


def test_it_can_be_read_by_kind(api):
    happened(1)
    record({"customer.erased": {"customer_id": "c"}}, actor=SYSTEM)
    assert [row["type"] for row in api.get("/events?type=customer.erased").json()["results"]] == ["customer.erased"]
    assert len(api.get("/events?type=customer.erased,order.updated").json()["results"]) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=x", "after"), ("after=-1", "after"), ("after=99", "after"), ("after=1e3", "after"),
        ("limit=0", "limit"), ("limit=201", "limit"), ("type=order.sung", "type"), ("cursor=4", "cursor"),
        ("before=1", "before"),
    ],
)  # fmt: skip
def test_what_it_does_not_know_is_refused_by_name(api, query, field):
    answer = api.get(f"/events?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_of_other_stores_nothing_is_seen(db):
    team = TeamFactory()
    team.stores.add(StoreFactory(id="hers"))
    ida = EmployeeFactory(team=team)
    hers, theirs = OrderFactory(store_id="hers"), OrderFactory()
    happened(1, hers.pk)
    happened(2, theirs.pk)
    record({"customer.erased": {"customer_id": "c"}}, actor=SYSTEM)
    seen = ApiClient(key_for(ida)).get("/events")
    assert numbers(seen) == [1]
    assert seen.json()["cursor"] == str(Event.objects.count()), "the reader goes on behind what is not for them"


def test_what_was_rolled_back_has_no_place(api):
    with transaction.atomic():
        happened(1)
        transaction.set_rollback(True)
    happened(2)
    answer = api.get("/events").json()
    assert [row["cursor"] for row in answer["results"]] == ["1"]


def test_a_worker_places_events_without_a_reader(db):
    for number in range(feed.BATCH + 1):
        happened(number)
    deliver.deliver_due()
    placed = list(Event.objects.order_by("created_at", "pk").values_list("position", flat=True))
    assert placed == list(range(1, feed.BATCH + 2))
    assert FeedHead.objects.get().placed == feed.BATCH + 1


class TestOldEvents:
    @pytest.fixture
    def old(self, db, settings):
        """Three of 91 days ago and one of 89, placed and told."""
        for days in (91, 91, 91, 89):
            with clock.as_if_at(clock.now() - timedelta(days=days)):
                happened(days)
        deliver.deliver_due()
        return list(Event.objects.order_by("position"))

    def test_are_forgotten(self, old, api):
        feed.forget_old_events()
        assert list(Event.objects.all()) == [old[3]]
        assert numbers(api.get("/events")) == [89]

    def test_are_kept_as_long_as_the_setting_says(self, old, settings):
        settings.EVENT_RETENTION_DAYS = 92
        feed.forget_old_events()
        assert Event.objects.count() == 4

    def test_leave_their_messages(self, old, alice):
        queue_messages(old[0], [Message(kind="x", subject="x", text="x", employee=alice)])
        deliver.deliver_due()
        feed.forget_old_events()
        assert set(Delivery.objects.values_list("event_id", flat=True)) == {old[0].pk}
        assert not Event.objects.filter(pk=old[0].pk).exists()

    def test_are_kept_while_somebody_is_still_to_be_told(self, old, alice):
        Event.objects.filter(pk=old[0].pk).update(next_attempt_at=clock.now())
        queue_messages(old[1], [Message(kind="x", subject="x", text="x", employee=alice)])
        feed.forget_old_events()
        assert list(Event.objects.order_by("position")) == [old[0], old[1], old[3]]

    def test_are_kept_until_they_have_their_place(self, old):
        Event.objects.filter(pk=old[0].pk).update(position=None)
        feed.forget_old_events()
        assert set(Event.objects.all()) == {old[0], old[3]}

    def test_are_removed_in_small_batches(self, old, monkeypatch):
        monkeypatch.setattr(feed, "BATCH", 2)
        left = []
        before = clock.now() - timedelta(days=90)

        def step() -> bool:
            went_on = feed.forget_some(Event.objects.forgettable(before))
            left.append(Event.objects.count())
            return went_on

        work_off(step, seconds=10)
        assert left == [2, 1, 1]

    def test_that_a_cursor_still_had_to_come_to_are_not_passed_over_in_silence(self, old, api):
        feed.forget_old_events()
        answer = api.get("/events?after=1")
        assert (answer.status_code, answer.json()["error_code"]) == (410, "GONE")
        oldest = answer.json()["oldest_cursor"]
        assert oldest == "3"
        assert numbers(api.get(f"/events?after={oldest}")) == [89]
