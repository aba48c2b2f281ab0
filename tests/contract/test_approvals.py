"""Contract 5.2: what waits for another person, and that nobody decides on their own request."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import Scope
from accounts.roles import MANAGER
from common import clock
from common.context import writing_as
from common.errors import PermissionDenied
from issues.actions.close_stale import expire_approvals
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.errors import ApprovalAlreadyDecided
from issues.models import Approval, Issue
from issues.waiting import requests_to_decide
from orders.models import Order
from refunds.models import Refund
from tests.api_client import ApiClient, path_of
from tests.factories import INTEGRATION_SCOPES, CustomerFactory, EmployeeFactory, IssueFactory, OrderFactory, key_for
from tests.untouched import nothing_happens


@pytest.fixture
def closed(db):
    return IssueFactory(status="closed")


@pytest.fixture
def request_to_reopen(closed, alice, as_):
    return update_issue(closed.order_id, closed.pk, {"status": "open"}, actor=as_(alice)).approval


@pytest.fixture
def request_to_refund(alice, as_):
    issue = IssueFactory(order=OrderFactory(total_amount=1000))
    changes = {"refund_amount": Decimal(200), "refund_source": "merchant"}
    return update_issue(issue.order_id, issue.pk, changes, actor=as_(alice)).approval


def decide(api, approval, employee, decision="approve", **body):
    return api.post(f"/approvals/{approval.pk}/{decision}", {"decided_by": employee.employee_id, **body})


def test_a_manager_approves_and_the_issue_is_open_again(api_of, request_to_reopen, closed, max_):
    response = decide(api_of(max_), request_to_reopen, max_, note="Fair.")
    body = response.json()
    assert response.status_code == 200
    assert (body["success"], body["status"], body["decided_by"]) == (True, "approved", max_.employee_id)
    closed.refresh_from_db()
    assert (closed.status, closed.reopened_count, closed.closed_at) == ("open", 1, None)
    assert closed.history.first().history_user == max_


def test_a_rejection_needs_a_note_and_changes_nothing_but_the_request(api_of, request_to_reopen, closed, max_):
    api = api_of(max_)
    with nothing_happens():
        bare = decide(api, request_to_reopen, max_, "reject")
    assert bare.json()["errors"].keys() == {"note"}
    assert decide(api, request_to_reopen, max_, "reject", note="No.").json()["status"] == "rejected"
    assert Issue.objects.get(pk=closed.pk).version == closed.version


@pytest.mark.parametrize("person", ["alice", "ada", "max_"])
def test_a_rejection_without_its_note_is_told_before_all_that_needs_the_request(
    request, api_of, request_to_reopen, max_, person
):
    """Who asked, who may decide, and who comes too late."""
    employee = request.getfixturevalue(person)
    if person == "max_":
        decide(api_of(max_), request_to_reopen, max_)
    with nothing_happens():
        response = decide(api_of(employee), request_to_reopen, employee, "reject", note=" ", typo=1)
    assert (response.status_code, set(response.json()["errors"])) == (400, {"note", "typo"})


def test_after_its_time_a_request_makes_room_for_a_new_one(api_of, alice, request_to_reopen, closed):
    api = api_of(alice)
    with clock.as_if_at(request_to_reopen.expires_at):
        asked = api.patch(path_of(closed), {"updated_by": alice.employee_id, "status": "open"})
    assert (asked.status_code, asked.json()["approval"]["status"]) == (202, "pending")
    assert asked.json()["approval"]["id"] != str(request_to_reopen.pk)
    request_to_reopen.refresh_from_db()
    assert request_to_reopen.status == "expired"


def test_a_decided_request_is_not_decided_again(api_of, request_to_reopen, max_, ada):
    decide(api_of(max_), request_to_reopen, max_)
    with nothing_happens():
        again = decide(api_of(ada), request_to_reopen, ada, "reject", note="No.")
    error = again.json()
    assert (again.status_code, error["error_code"]) == (409, "APPROVAL_ALREADY_DECIDED")
    assert (error["status"], error["decided_by"]) == ("approved", max_.employee_id)


@pytest.mark.parametrize("decides_with", ["the key that asked", "another key", "a session"])
def test_who_asked_in_another_name_by_a_key_of_their_own_never_decides(api_of, alice, max_, decides_with):
    issue = IssueFactory(order=OrderFactory(total_amount=9000))
    secret = key_for(max_, scopes=Scope.values)
    asked = {"updated_by": alice.employee_id, "refund_amount": 6000, "refund_source": "merchant"}
    assert ApiClient(secret).patch(path_of(issue), asked).json()["approval"]["status"] == "pending"
    approval = Approval.objects.get()
    with nothing_happens():
        if decides_with == "a session":
            with pytest.raises(PermissionDenied):
                decide_approval(approval.pk, "approved", actor=Actor(employee=max_, via="web"))
        else:
            api = ApiClient(secret) if decides_with == "the key that asked" else api_of(max_)
            assert decide(api, approval, max_).status_code == 403
    assert approval not in requests_to_decide(Actor(employee=max_, via="web"))


def test_another_manager_decides_on_what_was_asked_for_by_such_a_key(api_of, alice, max_):
    issue, other = IssueFactory(order=OrderFactory(total_amount=9000)), EmployeeFactory(role=MANAGER)
    asked = {"updated_by": alice.employee_id, "refund_amount": 6000, "refund_source": "merchant"}
    ApiClient(key_for(max_, scopes=Scope.values)).patch(path_of(issue), asked)
    assert Approval.objects.get() in requests_to_decide(Actor(employee=other, via="web"))
    assert decide(api_of(other), Approval.objects.get(), other).json()["status"] == "approved"


def test_who_may_decide_but_not_reopen_approves_no_reopening(api_of, request_to_reopen, sofia):
    """An administrator can make such a role."""
    codenames = ("decide_approval", "work_issue", "view_issue")
    sofia.groups.set([])
    sofia.user_permissions.set(Permission.objects.filter(codename__in=codenames, content_type__app_label="issues"))
    with nothing_happens():
        response = decide(api_of(sofia, scopes=Scope.values), request_to_reopen, sofia)
    assert (response.status_code, response.json()["required_permission"]) == (403, "issues.reopen_issue")


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_who_asked_never_decides(api_of, as_, max_, decision):
    issue = IssueFactory(order=OrderFactory(total_amount=9000))
    changes = {"refund_amount": Decimal(6000), "refund_source": "merchant"}
    approval = update_issue(issue.order_id, issue.pk, changes, actor=as_(max_)).approval
    with nothing_happens():
        response = decide(api_of(max_), approval, max_, decision, note="Mine.")
    assert (response.status_code, response.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert response.json()["required_permission"] == "issues.decide_approval"


@pytest.mark.parametrize("role", ["Agent", "Senior agent"])
def test_who_may_not_decide_does_not(api_of, request_to_reopen, role):
    employee = EmployeeFactory(role=role)
    with nothing_happens():
        response = decide(api_of(employee), request_to_reopen, employee)
    assert (response.status_code, response.json()["required_permission"]) == (403, "issues.decide_approval")


def test_an_integration_never_decides_even_with_the_scope(shop, api_of, request_to_reopen, max_):
    strong = api_of(None, scopes=[*INTEGRATION_SCOPES, "approvals:write"])
    with nothing_happens():
        without_scope = decide(shop, request_to_reopen, max_)
        with_scope = decide(strong, request_to_reopen, max_)
    assert without_scope.json()["required_scope"] == "approvals:write"
    assert with_scope.status_code == 403


def test_the_database_refuses_a_self_approval_that_passes_the_code(request_to_reopen, alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=request_to_reopen.pk).update(status="approved", decided_by=alice)


def test_an_approved_refund_is_queued_and_keeps_both_names(api_of, request_to_refund, alice, max_):
    decide(api_of(max_), request_to_refund, max_)
    refund = Refund.objects.get()
    assert (refund.status, refund.requested_by, refund.approved_by) == ("queued", alice, max_)


def test_a_rejected_refund_frees_its_amount(api_of, request_to_refund, max_):
    decide(api_of(max_), request_to_refund, max_, "reject", note="Too much.")
    refund = Refund.objects.select_related("order").get()
    assert (refund.status, refund.order.refund_reserved) == ("rejected", 0)


def test_a_request_whose_ground_is_gone_is_superseded(api_of, request_to_reopen, closed, max_, as_):
    update_issue(closed.order_id, closed.pk, {"status": "open"}, actor=as_(max_))
    request_to_reopen.refresh_from_db()
    assert request_to_reopen.status == "superseded"
    response = decide(api_of(max_), request_to_reopen, max_)
    assert (response.status_code, response.json()["status"]) == (409, "superseded")


def test_an_approval_of_credit_holds_only_for_the_customer_of_then(api_of, alice, max_, as_):
    issue = IssueFactory(order=OrderFactory(total_amount=1000))
    changes = {"refund_amount": Decimal(200), "refund_source": "store_credit"}
    approval = update_issue(issue.order_id, issue.pk, changes, actor=as_(alice)).approval
    Order.objects.filter(pk=issue.order_id).update(customer=CustomerFactory())
    response = decide(api_of(max_), approval, max_)
    assert (response.status_code, response.json()["status"]) == (409, "superseded")
    refund = Refund.objects.select_related("order").get()
    assert (refund.status, refund.order.refund_reserved) == ("rejected", 0)
    assert refund.history.latest("history_id").via == "system"
    assert decide(api_of(max_), approval, max_).status_code == 409
    assert Order.objects.get().refund_reserved == 0


def test_an_approval_holds_only_for_what_was_asked(api_of, request_to_refund, max_, as_):
    refund = Refund.objects.get()
    with writing_as(as_(max_).origin):
        refund.amount = 300
        refund.save()
    response = decide(api_of(max_), request_to_refund, max_)
    assert (response.status_code, response.json()["status"]) == (409, "superseded")
    refund.refresh_from_db()
    assert refund.status == "awaiting_approval", "the order does not hold as much"
    request_to_refund.refresh_from_db()
    assert request_to_refund.status == "superseded"


def test_a_pending_request_expires_and_its_refund_frees_the_amount(request_to_refund, request_to_reopen):
    with clock.as_if_at(clock.now() + timedelta(days=8)):
        assert expire_approvals(actor=Actor.system("expire-approvals")) == 2
    for approval in (request_to_refund, request_to_reopen):
        approval.refresh_from_db()
        assert approval.status == "expired"
    refund = Refund.objects.select_related("order").get()
    assert (refund.status, refund.order.refund_reserved) == ("rejected", 0)


def test_an_ending_is_kept_with_the_answer_that_an_idempotency_key_keeps(api_of, request_to_refund, max_):
    api, path = api_of(max_), f"/approvals/{request_to_refund.pk}/approve"
    with clock.as_if_at(clock.now() + timedelta(days=8)):
        answers = [api.post(path, {"decided_by": max_.employee_id}, Idempotency_Key="late") for _ in range(2)]
    assert [(each.status_code, each.json()["status"]) for each in answers] == [(409, "expired")] * 2
    assert answers[1]["Idempotent-Replayed"] == "true"
    request_to_refund.refresh_from_db()
    assert request_to_refund.status == "expired"
    assert Refund.objects.get().status == "rejected"


def test_too_late_a_decision_expires_the_request(request_to_reopen, max_, as_):
    with clock.as_if_at(clock.now() + timedelta(days=8)), pytest.raises(ApprovalAlreadyDecided) as refused:
        decide_approval(request_to_reopen.pk, "approved", actor=as_(max_))
    assert refused.value.facts["status"] == "expired"
    request_to_reopen.refresh_from_db()
    assert request_to_reopen.status == "expired"


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [("close", "resolved", "closed"), ("escalate", "open", "escalated"), ("reopen", "closed", "open")],
)
def test_a_step_can_be_asked_for_and_is_taken_when_approved(api_of, alice, max_, kind, start, end):
    issue = IssueFactory(status=start)
    body = {"kind": kind, "requested_by": alice.employee_id, "note": "Customer is happy."}
    asked = api_of(alice).post(f"{path_of(issue)}/approvals", body)
    again = api_of(alice).post(f"{path_of(issue)}/approvals", body)
    assert (asked.status_code, again.status_code) == (201, 200)
    assert asked.json()["id"] == again.json()["id"]
    assert (asked.json()["kind"], asked.json()["requested_status"]) == (kind, end)
    approval = Approval.objects.get()
    assert decide(api_of(max_), approval, max_).status_code == 200
    issue.refresh_from_db()
    assert issue.status == end


@pytest.mark.parametrize("kind", ["close", "escalate"])
def test_no_step_of_a_closed_issue_but_the_reopening_can_be_asked_for(api_of, alice, closed, kind):
    body = {"requested_by": alice.employee_id, "kind": kind, "note": "Please."}
    with nothing_happens():
        response = api_of(alice).post(f"{path_of(closed)}/approvals", body)
    assert (response.status_code, response.json()["error_code"]) == (409, "ISSUE_CLOSED")


def test_a_step_that_the_workflow_does_not_have_can_not_be_asked_for(api_of, alice, issue):
    with nothing_happens():
        response = api_of(alice).post(
            f"{path_of(issue)}/approvals", {"kind": "close", "requested_by": alice.employee_id, "note": "x"}
        )
    assert (response.status_code, response.json()["error_code"]) == (409, "INVALID_STATUS_TRANSITION")


@pytest.mark.parametrize("body", [{}, {"kind": "refund", "note": "x"}, {"kind": "close", "note": ""}])
def test_a_request_of_bad_shape_is_refused_by_field(api_of, alice, issue, body):
    with nothing_happens():
        response = api_of(alice).post(f"{path_of(issue)}/approvals", {"requested_by": alice.employee_id, **body})
    assert response.json()["error_code"] == "VALIDATION_ERROR"


def test_the_inbox_filters_by_status_and_kind(api_of, request_to_reopen, request_to_refund, max_):
    api = api_of(max_)
    everything = api.get("/approvals?status=pending").json()["results"]
    refunds = api.get("/approvals?status=pending&kind=refund").json()["results"]
    assert {each["id"] for each in everything} == {str(request_to_reopen.pk), str(request_to_refund.pk)}
    assert [each["id"] for each in refunds] == [str(request_to_refund.pk)]
    assert api.get(f"/approvals/{request_to_refund.pk}").json()["refund_id"] == str(request_to_refund.refund_id)
    assert api.get("/approvals/nonsense").json()["error_code"] == "NOT_FOUND"
