"""Contract 5.1 and 2: every status to every status by every role, through the API."""

import pytest

from issues.models import Approval, Issue
from tests.api_client import ApiClient, path_of
from tests.contract.tables import EVERY_STEP, ROLES, STATUSES, WORKFLOW, allowed_for, expected_step, needed_permission
from tests.factories import EmployeeFactory, IssueFactory, key_for
from tests.untouched import nothing_happens


@pytest.fixture
def colleague(db):
    """``colleague(role)``: the client and the employee id of somebody with that role."""

    def make(role):
        employee = EmployeeFactory(role=role)
        return ApiClient(key_for(employee)), employee.employee_id

    return make


@pytest.mark.parametrize(("current", "target", "role"), EVERY_STEP)
def test_a_step_goes_as_the_table_says(colleague, current, target, role):
    issue = IssueFactory(status=current)
    api, employee_id = colleague(role)
    status, code = expected_step(current, target, role)
    body = {"updated_by": employee_id, "status": target, "notes": "Why."}
    if code:
        with nothing_happens():
            response = api.patch(path_of(issue), body)
        assert_refused(response, current, target, role)
    else:
        response = api.patch(path_of(issue), body)
        assert response.json()["previous_status"] == current
        assert response.json()["new_status"] == (target if status == 200 else current)
        assert Issue.objects.get(pk=issue.pk).status == response.json()["new_status"]
    assert (response.status_code, response.json().get("error_code", "")) == (status, code)


def assert_refused(response, current, target, role):
    error = response.json()
    if error["error_code"] == "INVALID_STATUS_TRANSITION":
        assert error["current_status"] == current
        assert error["requested_status"] == target
        assert error["allowed_transitions"] == allowed_for(current, role)
    if error["error_code"] == "PERMISSION_DENIED":
        assert error["required_permission"] == needed_permission(current, target)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("current", STATUSES)
def test_get_lists_what_this_employee_could_do_now(colleague, current, role):
    issue = IssueFactory(status=current)
    api, _ = colleague(role)
    answer = api.get(path_of(issue)).json()
    allowed = allowed_for(current, role)
    assert answer["allowed_transitions"] == allowed
    governed = {"open"} if current == "closed" else {"closed", "escalated"}
    asked_for = [to for to in STATUSES if to in WORKFLOW[current] and to in governed]
    assert answer["requestable_transitions"] == [to for to in asked_for if expected_step(current, to, role)[0] != 200]


def test_an_agents_reopen_is_a_request_and_a_second_one_returns_the_first(colleague):
    issue = IssueFactory(status="closed")
    api, employee_id = colleague("Agent")
    first = api.patch(path_of(issue), {"updated_by": employee_id, "status": "open"})
    second = api.patch(path_of(issue), {"updated_by": employee_id, "status": "open"})
    assert first.status_code == second.status_code == 202
    assert first.json()["approval"] == {
        "id": str(Approval.objects.get().pk), "kind": "reopen", "status": "pending", "requested_status": "open",
    }  # fmt: skip
    assert second.json()["approval"] == first.json()["approval"]
    assert second.json()["version"] == issue.version, "a bare request is no change of the issue"
