"""The timeline: everything that happened, in order, each thing once."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain

import pytest

from common import clock
from common.context import writing_as
from events.deliver import deliver_due
from events.models import Channel, Delivery, Event
from issues import timeline
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.decide_approval import decide_approval
from issues.actions.request_approval import request_approval
from issues.actions.update import update_issue
from issues.models import Communication, Issue, Note
from refunds.models import Refund, RefundStatus
from tests.api_client import path_of
from tests.factories import IssueFactory

DAWN = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def story(api):
    """``story(issue)``: its entries, as the API tells them."""
    return lambda issue: api.get(f"{path_of(issue)}/timeline?limit=200").json()["results"]


def told(entries, type_: str) -> list[dict]:
    return [entry["data"] for entry in entries if entry["type"] == type_]


# What is told


def test_it_begins_with_the_creation_and_what_it_brought(story, order, as_, alice):
    new = {"issue_type": "other", "description": "Torn.", "priority": "low", "attachments": ["https://a.example/1.png"]}
    issue = create_issue(order.pk, new, actor=as_(alice))
    created, attachment = story(issue)
    assert created["type"] == "created"
    assert created["actor"] == {"employee_id": "EMP-ALICE", "name": alice.name, "via": "api"}
    assert (created["data"]["status"], created["data"]["priority"]) == ("open", "low")
    assert attachment["type"] == "attachment"
    assert attachment["data"] == {"url": "https://a.example/1.png"}


def test_an_update_tells_each_change_by_itself_and_the_note(story, issue, update, sofia):
    update(notes="A closer look.", status="investigating", priority="high", assigned_to=sofia)
    entries = story(issue)
    assert told(entries, "status_changed") == [{"field": "status", "before": "open", "after": "investigating"}]
    assert told(entries, "field_changed") == [
        {"field": "priority", "before": "medium", "after": "high"},
        {"field": "assigned_to", "before": None, "after": "EMP-SOFIA"},
    ]
    assert told(entries, "note") == [{"body": "A closer look."}]


def test_what_only_follows_from_a_change_is_not_told(story, issue, update):
    for status in ("investigating", "in_progress", "resolved"):
        update(status=status, notes="On.")
    assert told(story(issue), "field_changed") == []


def test_a_communication_is_told_with_its_words(story, issue, as_, alice):
    word = {"channel": "phone", "direction": "inbound", "body": "Where is it?", "occurred_at": DAWN}
    add_communication(issue.order_id, issue.pk, word, actor=as_(alice))
    assert told(story(issue), "communication") == [word | {"occurred_at": "2026-05-01T00:00:00Z"}]


def test_a_refund_is_told_at_each_status_and_with_why_it_failed(story, issue, update):
    update(refund_amount=Decimal("10.00"), refund_source="merchant")
    refund = Refund.objects.get()
    with writing_as(as_system()):
        refund.provider_reference = "no status: not told"
        refund.save()
        refund.status, refund.failure_code, refund.failure_reason = RefundStatus.FAILED, "declined", "Do not honour"
        refund.save()
    queued, failed = told(story(issue), "refund")
    assert (queued["before"], queued["after"], queued["amount"]) == (None, "queued", 10)
    assert (failed["before"], failed["after"]) == ("queued", "failed")
    assert (failed["failure_code"], failed["failure_reason"]) == ("declined", "Do not honour")
    assert failed["refund_id"] == str(refund.pk)


def as_system():
    from accounts.actor import Actor

    return Actor.system("test").origin


def test_an_approval_is_told_when_asked_for_and_when_decided(story, issue, as_, alice, max_):
    approval, _ = request_approval(issue.order_id, issue.pk, "escalate", "The customer is angry.", actor=as_(alice))
    decide_approval(approval.pk, "rejected", actor=as_(max_), note="Calm them.")
    asked, decided = [entry for entry in story(issue) if entry["type"] == "approval"]
    shared = {"approval_id": str(approval.pk), "kind": "escalate", "field": "status", "on_behalf_of": None}
    assert asked["data"] == shared | {"before": None, "after": "pending", "note": "The customer is angry."}
    assert decided["data"] == shared | {"before": "pending", "after": "rejected", "note": "Calm them."}
    assert (asked["actor"]["employee_id"], decided["actor"]["employee_id"]) == ("EMP-ALICE", "EMP-MAX")


def test_a_message_is_told_once_whatever_channels_it_took(story, issue, update, sofia):
    update(assigned_to=sofia)
    deliver_due()
    assert Delivery.objects.filter(employee=sofia).count() == 2
    (notification,) = [entry for entry in story(issue) if entry["type"] == "notification"]
    assert notification["actor"] == {"employee_id": None, "name": None, "via": "system"}
    assert (notification["data"]["kind"], notification["data"]["recipient"]) == ("assigned", "EMP-SOFIA")


def test_the_customers_address_is_not_told(story, issue):
    event = Event.objects.create(name="test.thunder", issue_id=issue.pk, via="api")
    Delivery.objects.create(
        event=event, issue_id=issue.pk, channel=Channel.EMAIL, address="mina@shop.example", kind="customer_closed",
        subject="Closed", text="…",
    )  # fmt: skip
    (data,) = told(story(issue), "notification")
    assert data["recipient"] == "customer"
    assert "mina@shop.example" not in str(data)


def test_nothing_of_another_issue_is_told(story, issue, as_, alice):
    other = IssueFactory(order=issue.order)
    update_issue(
        other.order_id, other.pk,
        {"notes": "Elsewhere.", "refund_amount": Decimal("1.00"), "refund_source": "merchant"}, actor=as_(alice),
    )  # fmt: skip
    request_approval(other.order_id, other.pk, "escalate", "Elsewhere.", actor=as_(alice))
    add_communication(
        other.order_id, other.pk, {"channel": "sms", "direction": "inbound", "body": "x"}, actor=as_(alice)
    )
    deliver_due()
    assert [entry["type"] for entry in story(issue)] == ["created"]


@pytest.mark.parametrize("via", ["api", "admin", "web"])
def test_each_door_is_named(story, issue, as_, alice, via):
    from accounts.actor import Actor

    update_issue(issue.order_id, issue.pk, {"status": "investigating"}, actor=Actor(employee=alice, via=via))
    assert story(issue)[-1]["actor"]["via"] == via


# Order and pages


@pytest.fixture
def long_story(order, alice):
    """Dozens of entries of many kinds, most of them at the same few moments."""
    chance = random.Random(3)

    def at() -> datetime:
        return DAWN + timedelta(minutes=chance.randrange(5))

    with clock.as_if_at(DAWN):
        issue = IssueFactory(order=order, created_at=DAWN)
    said = {"issue": issue, "author": alice, "via": "api"}
    for number in range(25):
        Note.objects.create(**said, body=f"note {number}", issue_version=1, created_at=at())
        Communication.objects.create(**said, body=f"word {number}", channel="sms", direction="inbound", created_at=at())
    with writing_as(as_system()):
        for minute in range(5):
            with clock.as_if_at(DAWN + timedelta(minutes=minute)):
                issue = Issue.objects.get(pk=issue.pk)
                issue.priority = ["low", "high"][minute % 2]
                issue.customer_contacted = bool(minute % 2)
                issue.save()
    return issue


def identity(entry: dict) -> str:
    return str((entry["type"], entry["at"], entry["data"]))


def walk(api, address: str, link: str = "next", between=lambda: None) -> tuple[list[list[str]], dict]:
    pages = []
    while address:
        body = api.get(address.removeprefix("http://testserver/api/v1")).json()
        pages.append([identity(entry) for entry in body["results"]])
        address = body[link]
        between()
    return pages, body


def test_entries_come_in_the_order_of_time(story, long_story):
    moments = [entry["at"] for entry in story(long_story)]
    assert len(moments) == 60
    assert moments == sorted(moments)


@pytest.mark.parametrize("limit", [2, 7, 59, 60])
def test_pages_show_each_entry_once_forwards_and_backwards(api, story, long_story, limit):
    whole = [identity(entry) for entry in story(long_story)]
    pages, last = walk(api, f"{path_of(long_story)}/timeline?limit={limit}")
    assert list(chain.from_iterable(pages)) == whole
    back, first = walk(api, last["previous"], "previous") if last["previous"] else ([], last)
    assert list(chain.from_iterable(back[::-1])) == whole[: len(whole) - len(pages[-1])]
    assert first["previous"] is None


def test_what_is_added_meanwhile_comes_at_the_end_once(api, long_story, as_, alice):
    def add():
        update_issue(long_story.order_id, long_story.pk, {"notes": "Meanwhile."}, actor=as_(alice))

    calls = iter([add, add])
    pages, _ = walk(api, f"{path_of(long_story)}/timeline?limit=20", between=lambda: next(calls, lambda: None)())
    shown = list(chain.from_iterable(pages))
    assert len(shown) == len(set(shown)) == 62
    assert all("Meanwhile." in entry for entry in shown[-2:])


def test_rows_that_tell_nothing_do_not_end_the_story(long_story):
    """Hundreds of silent rows in a row, such as a payment that is asked for again and again."""
    refund_rows = 3 * timeline.LEAST_WINDOW
    with clock.as_if_at(DAWN + timedelta(hours=1)), writing_as(as_system()):
        for _ in range(refund_rows):
            Issue.objects.get(pk=long_story.pk).save()
    with clock.as_if_at(DAWN + timedelta(hours=2)):
        Note.objects.create(issue=long_story, issue_version=1, body="The end.", via="api")
    entries, more = [], True
    while more:
        page, more = timeline.entries_of(long_story, after=entries[-1].key if entries else None, limit=50)
        assert page
        entries += page
    assert entries[-1].data == {"body": "The end."}
    backwards, _ = timeline.entries_of(long_story, newest_first=True, limit=2)
    assert backwards[0] == entries[-1]


@pytest.mark.parametrize("query", ["limit=0", "cursor=x", "ordering=at", "colour=red"])
def test_what_is_unknown_or_unfit_is_refused(api, issue, query):
    answer = api.get(f"{path_of(issue)}/timeline?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {query.partition("=")[0]}


def test_a_cursor_that_was_tampered_with_is_refused(api, issue):
    from common.api.cursor import Position

    whole = ("at", "source", "row", "part")
    moment = DAWN.isoformat()
    forged = [
        (moment, 99, "x", 0), (moment, "0", 1, 0), ("yesterday", 0, 1, 0), (moment, 1, "no uuid", 0),
        (moment, 0, 1, "0"), (moment, -1, 1, 0), (moment[:19], 0, 1, 0), (moment, True, 1, 0), (7, 0, 1, 0),
        ("9999-12-31T23:59:59-23:00", 0, 1, 0),
    ]  # fmt: skip
    for values in forged:
        answer = api.get(f"{path_of(issue)}/timeline?cursor={Position(whole, True, values).encode()}")
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {"cursor"})
    beyond = Position(whole, True, (moment, 0, 2**62, 0))
    assert api.get(f"{path_of(issue)}/timeline?cursor={beyond.encode()}").status_code == 200
