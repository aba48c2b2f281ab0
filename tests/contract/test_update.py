"""Contract 5: what an update does, through the API."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from common.audit import broken_links
from issues.models import Issue, Note, Team
from refunds.models import Refund
from tests.api_client import path_of
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens


@pytest.fixture
def patch(api_of, alice, issue):
    """``patch(notes="x")``: Alice's update of the issue."""
    api = api_of(alice)
    return lambda **changes: api.patch(path_of(issue), {"updated_by": alice.employee_id, **changes})


def test_the_answer_has_the_documented_fields_and_no_other(patch, issue):
    answer = patch(status="investigating", notes="Looking.")
    body = answer.json()
    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    timestamp = body.pop("timestamp")
    assert timestamp.endswith("Z")
    assert isinstance(body.pop("message"), str)
    assert body == {
        "success": True, "issue_id": str(issue.pk), "updated_fields": ["status", "notes"],
        "previous_status": "open", "new_status": "investigating", "refund_processed": False, "version": 2,
        "refund": None, "approval": None, "warnings": [],
    }  # fmt: skip


def test_updated_fields_keep_the_requests_order_and_leave_out_what_did_not_change(patch, sofia):
    body = patch(assigned_to=sofia.employee_id, priority="medium", notes="a", status="open").json()
    assert body["updated_fields"] == ["assigned_to", "notes"]


def test_a_change_of_nothing_is_no_error_and_no_version(patch, issue):
    with nothing_happens():
        body = patch(status="open", priority="medium").json()
    assert body["updated_fields"] == []
    assert body["version"] == issue.version


def test_notes_are_added_and_never_overwritten(patch, issue, alice):
    patch(notes="  first ")
    patch(notes="second")
    notes = Note.objects.filter(issue=issue).order_by("created_at", "id")
    assert [(note.body, note.author, note.via) for note in notes] == [("first", alice, "api"), ("second", alice, "api")]


def test_a_rising_priority_needs_notes_and_a_falling_one_does_not(patch, issue):
    with nothing_happens():
        assert patch(priority="high").json()["errors"].keys() == {"notes"}
    assert patch(priority="high", notes="Angry.").status_code == 200
    assert patch(priority="low").status_code == 200


def test_every_update_leaves_one_history_row_in_the_name_of_the_caller(patch, issue, alice):
    answer = patch(status="investigating", notes="x")
    issue.refresh_from_db()
    row = issue.history.first()
    assert issue.history.count() == 2
    assert (row.history_user, row.via, row.version, row.status) == (alice, "api", 2, "investigating")
    assert row.request_id == answer["X-Request-ID"]
    assert row.key_id is not None
    assert list(broken_links(issue)) == []


def test_follow_up_date_sets_the_flag_and_the_flag_clears_the_date(patch, issue):
    date = (clock.now() + timedelta(days=2)).isoformat()
    patch(follow_up_date=date)
    issue.refresh_from_db()
    assert issue.follow_up_required
    assert issue.follow_up_date.isoformat() == date
    patch(follow_up_required=False)
    issue.refresh_from_db()
    assert (issue.follow_up_required, issue.follow_up_date) == (False, None)


def test_a_past_follow_up_date_is_stored_as_given_with_a_warning(patch, issue):
    date = clock.now() - timedelta(days=1)
    body = patch(follow_up_date=date.isoformat()).json()
    issue.refresh_from_db()
    assert issue.follow_up_date == date
    assert len(body["warnings"]) == 1


def test_escalation_goes_to_its_team_with_no_assignee_and_at_least_high(api_of, sofia, alice):
    escalations = Team.objects.create(name="Escalations", takes_escalations=True)
    issue = IssueFactory(assigned_to=alice)
    body = api_of(sofia).patch(path_of(issue), {"updated_by": sofia.employee_id, "status": "escalated"}).json()
    issue.refresh_from_db()
    assert body["updated_fields"] == ["status"]
    assert (issue.assigned_team, issue.assigned_to, issue.priority) == (escalations, None, "high")
    assert issue.sla_policy == "escalated"


def test_escalation_keeps_the_assignee_whom_the_update_names(api_of, sofia, alice):
    issue = IssueFactory(assigned_to=alice)
    changes = {"updated_by": sofia.employee_id, "status": "escalated", "assigned_to": alice.employee_id}
    api_of(sofia).patch(path_of(issue), changes)
    issue.refresh_from_db()
    assert issue.assigned_to == alice


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [("medium", "low", "high"), ("critical", "high", "critical"), ("low", "medium", "high")],
)
def test_escalating_with_a_lower_priority_keeps_the_higher_with_a_warning(api_of, sofia, before, wanted, after):
    issue = IssueFactory(priority=before)
    changes = {"updated_by": sofia.employee_id, "status": "escalated", "priority": wanted}
    body = api_of(sofia).patch(path_of(issue), changes).json()
    issue.refresh_from_db()
    assert issue.priority == after
    assert len(body["warnings"]) == 1
    assert ("priority" in body["updated_fields"]) == (before != after)


def test_if_match_lets_only_the_present_version_through(api_of, alice, issue):
    api = api_of(alice)
    body = {"updated_by": alice.employee_id, "notes": "x"}
    assert api.patch(path_of(issue), body, If_Match='"1"').status_code == 200
    with nothing_happens():
        assert api.patch(path_of(issue), body, If_Match='"02"').status_code == 412
        stale = api.patch(path_of(issue), body, If_Match='"1"')
    assert (stale.status_code, stale.json()["error_code"], stale.json()["version"]) == (412, "STALE_ISSUE", 2)


@pytest.mark.parametrize("field", ["priority", "assigned_to", "resolution_description", "refund_amount"])
def test_a_closed_issue_refuses_what_it_does_not_take(api_of, max_, alice, field):
    issue = IssueFactory(status="closed")
    change = {
        "priority": {"priority": "low"}, "assigned_to": {"assigned_to": alice.employee_id},
        "resolution_description": {"resolution_description": "so"},
        "refund_amount": {"refund_amount": 5, "refund_source": "merchant"},
    }[field]  # fmt: skip
    with nothing_happens():
        response = api_of(max_).patch(path_of(issue), {"updated_by": max_.employee_id, **change})
    assert (response.status_code, response.json()["error_code"]) == (409, "ISSUE_CLOSED")


def test_a_closed_issue_takes_notes_satisfaction_and_follow_up(api_of, alice):
    issue = IssueFactory(status="closed")
    changes = {"notes": "x", "customer_satisfied": False, "follow_up_date": "2030-01-01T10:00:00+02:00"}
    body = api_of(alice).patch(path_of(issue), {"updated_by": alice.employee_id, **changes}).json()
    assert body["updated_fields"] == list(changes)


def test_a_manager_reopens_first_and_the_rest_is_judged_as_on_an_open_issue(api_of, max_):
    issue = IssueFactory(status="closed")
    changes = {"priority": "low", "status": "open", "refund_amount": 5, "refund_source": "merchant"}
    body = api_of(max_).patch(path_of(issue), {"updated_by": max_.employee_id, **changes}).json()
    issue.refresh_from_db()
    assert body["updated_fields"] == list(changes)
    assert (issue.status, issue.priority, issue.reopened_count) == ("open", "low", 1)


def test_an_agents_reopen_request_applies_the_other_fields_and_refuses_more(api_of, alice):
    issue = IssueFactory(status="closed")
    api = api_of(alice)
    with nothing_happens():
        refused = api.patch(path_of(issue), {"updated_by": alice.employee_id, "status": "open", "priority": "low"})
    assert refused.json()["error_code"] == "ISSUE_CLOSED"
    asked = api.patch(path_of(issue), {"updated_by": alice.employee_id, "status": "open", "notes": "Came back."})
    assert asked.status_code == 202
    assert asked.json()["updated_fields"] == ["notes"]
    assert asked.json()["version"] == issue.version + 1
    assert (asked.json()["previous_status"], asked.json()["new_status"]) == ("closed", "closed")


def test_an_integration_only_asks_for_a_reopen_whoever_is_named(shop, max_):
    issue = IssueFactory(status="closed")
    response = shop.patch(path_of(issue), {"updated_by": max_.employee_id, "status": "open"})
    assert response.status_code == 202
    assert Issue.objects.get(pk=issue.pk).status == "closed"


def test_a_refund_within_the_limit_is_queued_and_reserved(patch, issue, alice):
    body = patch(refund_amount=60, refund_source="merchant").json()
    refund = Refund.objects.get()
    assert body["refund_processed"] is True
    assert body["updated_fields"] == ["refund_amount", "refund_source"]
    assert body["refund"]["id"] == str(refund.pk)
    assert (refund.amount, refund.status, refund.requested_by) == (Decimal(60), "queued", alice)
    issue.order.refresh_from_db()
    assert issue.order.refund_reserved == 60


def test_a_refund_above_the_limit_waits_for_another_person(api_of, alice):
    issue = IssueFactory(order=OrderFactory(total_amount=1000))
    changes = {"updated_by": alice.employee_id, "refund_amount": "100.01", "refund_source": "merchant"}
    response = api_of(alice).patch(path_of(issue), changes)
    body = response.json()
    assert response.status_code == 200
    assert body["refund_processed"] is False
    assert body["refund"]["status"] == "awaiting_approval"
    assert (body["approval"]["kind"], body["approval"]["status"]) == ("refund", "pending")
    issue.order.refresh_from_db()
    assert issue.order.refund_reserved == Decimal("100.01")


def test_the_same_refund_again_is_a_possible_duplicate_unless_a_key_says_it_is_meant(patch, api_of, alice, issue):
    first = patch(refund_amount=10, refund_source="merchant").json()["refund"]["id"]
    with nothing_happens():
        again = patch(refund_amount=10, refund_source="merchant")
    assert (again.status_code, again.json()["error_code"]) == (409, "POSSIBLE_DUPLICATE_REFUND")
    assert again.json()["refund_id"] == first
    body = {"updated_by": alice.employee_id, "refund_amount": 10, "refund_source": "merchant"}
    assert api_of(alice).patch(path_of(issue), body, Idempotency_Key="meant").status_code == 200


def test_a_dead_payment_refuses_the_whole_update(api_of, alice):
    issue = IssueFactory(order=OrderFactory(payment_reference="pay_expired_1"))
    changes = {"updated_by": alice.employee_id, "notes": "x", "refund_amount": 5, "refund_source": "merchant"}
    with nothing_happens():
        response = api_of(alice).patch(path_of(issue), changes)
    error = response.json()
    assert (response.status_code, error["error_code"]) == (422, "REFUND_FAILED")
    assert (error["refund_amount"], error["reason"]) == (5, "Payment method no longer valid")


def test_an_assignee_who_does_not_see_the_store_is_refused(api_of, alice, issue):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    stranger = EmployeeFactory(team=team)
    with nothing_happens():
        response = api_of(alice).patch(
            path_of(issue), {"updated_by": alice.employee_id, "assigned_to": stranger.employee_id}
        )
    assert response.json()["errors"].keys() == {"assigned_to"}


def test_unknown_order_and_foreign_issue_are_told_apart(api_of, alice, issue):
    api, other = api_of(alice), OrderFactory()
    body = {"updated_by": alice.employee_id, "notes": "x"}
    for path, code in {
        f"/orders/nowhere/issues/{issue.pk}": "ORDER_NOT_FOUND",
        f"/orders/{other.pk}/issues/{issue.pk}": "ISSUE_NOT_FOUND",
        f"/orders/{issue.order_id}/issues/none": "ISSUE_NOT_FOUND",
    }.items():
        for content in (body, {"status": "done"}):
            with nothing_happens():
                response = api.patch(path, content)
            assert (response.status_code, response.json()["error_code"]) == (404, code)


def test_the_audit_row_of_a_refund_says_what_was_started(patch, api_of, alice, issue):
    patch(refund_amount=60, refund_source="merchant")
    row = api_of(alice).get(f"{path_of(issue)}/history").json()["results"][-1]
    assert row["changes"] == [
        {"field": "refund_amount", "before": None, "after": 60},
        {"field": "refund_source", "before": None, "after": "merchant"},
    ]
