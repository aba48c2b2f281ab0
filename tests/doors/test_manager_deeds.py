"""What a manager does on the page of an issue, by the same rules as everywhere: read, note, assign, escalate, …"""

from decimal import Decimal

import pytest
from django.urls import reverse

from issues.models import Issue, Note
from refunds.models import Refund
from tests.doors.doors import WebDoor, signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

WEB = WebDoor()


@pytest.fixture
def work(max_):
    """``work(issue, changes)``: what a manager's form on the page of the issue comes to."""
    return lambda issue, changes, by=max_: WEB.update(by, issue, changes)


def now(issue) -> Issue:
    return Issue.objects.select_related("assigned_to").get(pk=issue.pk)


def test_reading_shows_the_story_and_changes_nothing(issue, work, max_):
    work(issue, {"notes": "The courier was called."})
    with nothing_happens():
        page = signed_in(max_).get(reverse("web:issue", args=[issue.pk])).content.decode()
    assert "The courier was called." in page
    assert issue.description in page


def test_a_note_is_added_in_the_managers_name(issue, work, max_):
    assert work(issue, {"notes": "Look at the photo."}).code == ""
    note = Note.objects.get()
    assert (note.author, note.body) == (max_, "Look at the photo.")
    assert now(issue).history.first().via == "web"


def test_it_is_assigned_to_somebody_and_to_nobody(issue, work, alice):
    assert work(issue, {"assigned_to": alice.employee_id}).code == ""
    assert now(issue).assigned_to == alice
    assert work(now(issue), {"assigned_to": ""}).code == ""
    assert now(issue).assigned_to is None


def test_who_has_left_gets_nothing(issue, work):
    gone = EmployeeFactory(is_active=False)
    with nothing_happens():
        outcome = work(issue, {"assigned_to": gone.employee_id})
    assert (outcome.code, outcome.fields) == ("VALIDATION_ERROR", {"assigned_to"})


def test_it_is_escalated_and_brought_back(issue, work):
    assert work(issue, {"status": "escalated"}).code == ""
    escalated = now(issue)
    assert (escalated.status, escalated.priority, escalated.assigned_to) == ("escalated", "high", None)
    assert work(escalated, {"status": "in_progress"}).code == ""
    assert now(issue).status == "in_progress"


def test_it_is_reopened_at_once_by_a_manager_and_asked_for_by_an_agent(closed, work, alice):
    assert work(closed, {"status": "open", "notes": "It broke again."}).code == ""
    assert (now(closed).status, now(closed).reopened_count) == ("open", 1)
    other = IssueFactory(status="closed")
    assert work(other, {"status": "open", "notes": "Please."}, by=alice).code == ""
    assert now(other).status == "closed"
    assert other.approvals.get().kind == "reopen"


def test_it_is_closed_with_a_note_alone(work):
    resolved = IssueFactory(status="resolved")
    with nothing_happens():
        assert work(resolved, {"status": "closed"}).fields == {"notes"}
    assert work(resolved, {"status": "closed", "notes": "All is well."}).code == ""
    assert now(resolved).status == "closed"


@pytest.mark.parametrize(("amount", "status"), [("5000.00", "queued"), ("5000.01", "awaiting_approval")])
def test_a_refund_keeps_to_the_managers_limit(work, amount, status):
    issue = IssueFactory(order=OrderFactory(total_amount=9000))
    assert work(issue, {"refund_amount": amount, "refund_source": "merchant"}).code == ""
    refund = Refund.objects.get()
    assert (refund.amount, refund.status) == (Decimal(amount), status)
    assert issue.approvals.count() == (status == "awaiting_approval")


def test_a_refund_above_the_order_is_refused(issue, work):
    with nothing_happens():
        outcome = work(issue, {"refund_amount": "100.01", "refund_source": "merchant"})
    assert (outcome.code, outcome.fields) == ("VALIDATION_ERROR", {"refund_amount"})
