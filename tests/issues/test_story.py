"""The timeline in words: one passage for one deed, each thing said once, everybody by their name."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common import clock
from events.models import Channel, Delivery, Event
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.models import Issue
from issues.story import story_of
from tests.factories import IssueFactory, OrderFactory


@pytest.fixture
def change(as_):
    """``change(issue, alice, status=…)``: an update, a minute after the last one."""
    minutes = iter(range(1, 60))
    start = clock.now()

    def make(issue, employee, **changes):
        with clock.as_if_at(start + timedelta(minutes=next(minutes))):
            return update_issue(issue.order_id, issue.pk, changes, actor=as_(employee))

    return make


def deeds(issue) -> list[tuple[str, list[str]]]:
    """Who did what, the newest first."""
    passages, _ = story_of(Issue.objects.get(pk=issue.pk))
    return [(passage.who, [part.deed for part in passage.parts]) for passage in passages]


def test_one_update_is_one_passage_in_the_order_of_reading(change, alice, sofia, issue):
    change(issue, alice, notes="Cracked.", priority="high", status="investigating", assigned_to=sofia)
    assigned = f"set the assignee to {sofia.name}"
    told = ["moved it from Open to", "changed the priority from medium to high", assigned, "noted"]
    assert deeds(issue)[0] == (alice.name, told)
    passage = story_of(Issue.objects.get(pk=issue.pk))[0][0]
    assert (passage.type, passage.parts[-1].words, passage.parts[0].status) == ("note", "Cracked.", "investigating")


def test_two_messages_of_the_same_words_are_two_where_time_lies_between(alice, issue):
    event = Event.objects.create(name="test.thunder", via="system", next_attempt_at=None)
    for hours in (30, 0):
        with clock.as_if_at(clock.now() + timedelta(hours=hours)):
            Delivery.objects.create(
                event=event, issue_id=issue.pk, channel=Channel.IN_PRODUCT, employee=alice, kind="sla_breached",
                address=f"{alice.employee_id}{hours}", subject="Late", text="", created_at=clock.now(),
            )  # fmt: skip
    assert [deed for _, told in deeds(issue) for deed in told if "told" in deed] == [f"told {alice.name}:"] * 2


def test_follow_ups_and_satisfaction_read_as_deeds(change, alice, issue):
    change(issue, alice, follow_up_date=datetime(2031, 1, 31, 9, tzinfo=UTC))
    change(issue, alice, follow_up_required=False)
    change(issue, alice, customer_satisfied=False)
    told = [deed for _, parts in deeds(issue) for deed in parts]
    assert told[:4] == [
        "noted that the customer is not satisfied",
        "ended the follow-up",
        "marked it for a follow-up",
        "set the follow-up to 31 Jan 2031, 09:00",
    ]


def test_what_is_written_twice_is_said_once(change, alice, sofia):
    issue = IssueFactory(status="in_progress")
    change(issue, alice, status="resolved", notes="Sent anew.", resolution_description="Sent anew.")
    assert deeds(issue)[0][1] == ["moved it from In progress to", "wrote how it was resolved"]
    closed = IssueFactory(status="closed")
    change(closed, alice, status="open", notes="Broken again.")
    assert deeds(closed)[0] == (alice.name, ["asked a manager to reopen it"])


def test_a_refund_above_the_limit_is_asked_for_and_approved(change, alice, max_, as_):
    issue = IssueFactory(order=OrderFactory(total_amount=2000))
    updated = change(issue, alice, refund_amount=Decimal(1200), refund_source="merchant", notes="All broken.")
    with clock.as_if_at(clock.now() + timedelta(hours=1)):
        decide_approval(updated.approval.pk, "approved", actor=as_(max_), note="Fair.")
    assert deeds(issue)[:2] == [
        (max_.name, ["started the refund of 1,200.00 USD from merchant", "approved the request to pay the refund"]),
        (alice.name, ["noted", "asked a manager for a refund of 1,200.00 USD from merchant"]),
    ]


def test_words_with_the_customer_and_attachments_are_told(alice, as_, order):
    new = {"issue_type": "other", "description": "Lost.", "attachments": ["https://files.example/a.png"]}
    issue = create_issue(order.pk, new, actor=as_(alice))
    with clock.as_if_at(clock.now() + timedelta(minutes=5)):
        word = {"channel": "sms", "direction": "inbound", "body": "Where is it?"}
        add_communication(order.pk, issue.pk, word, actor=as_(alice))
    assert deeds(issue) == [
        (alice.name, ["heard from the customer (SMS)"]),
        (alice.name, ["opened the issue", "attached"]),
    ]


def test_one_message_to_several_people_is_told_once(issue, alice, sofia):
    event = Event.objects.create(name="test.thunder", via="api", issue_id=issue.pk)
    for employee in (alice, sofia):
        Delivery.objects.create(
            event=event, issue_id=issue.pk, channel=Channel.IN_PRODUCT, employee=employee,
            address=employee.employee_id, kind="escalated", subject="Escalated", text="Look.",
        )  # fmt: skip
    who, told = deeds(issue)[0]
    assert who == "Redress"
    assert told in ([f"told {alice.name}, {sofia.name}:"], [f"told {sofia.name}, {alice.name}:"])


def test_a_long_story_is_cut_and_can_be_read_whole(change, alice, issue):
    for number in range(45):
        change(issue, alice, notes=f"Note {number}.")
    newest, has_earlier = story_of(issue)
    assert (has_earlier, newest[0].parts[0].words) == (True, "Note 44.")
    whole, has_earlier = story_of(issue, whole=True)
    assert (has_earlier, len(whole)) == (False, 46)
