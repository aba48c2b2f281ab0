"""Contract 5: what is wrong with a body is told by field, all of it at once, and nothing is stored."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api_client import path_of
from tests.contract.tables import INVALID_UPDATES
from tests.untouched import nothing_happens


@pytest.mark.parametrize("case", INVALID_UPDATES)
def test_an_invalid_update_names_each_field_and_stores_nothing(api_of, alice, issue, case):
    body, fields = INVALID_UPDATES[case]
    with nothing_happens():
        response = api_of(alice).patch(path_of(issue), {"updated_by": alice.employee_id, **body})
    error = response.json()
    assert (response.status_code, error["error_code"]) == (400, "VALIDATION_ERROR")
    assert set(error["errors"]) == fields
    assert all(isinstance(message, str) and message for messages in error["errors"].values() for message in messages)
    assert error["success"] is False
    assert error["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("updated_by", [None, "", 5, "EMP-NOBODY", ["EMP-ALICE"]])
def test_a_bad_updated_by_is_told_beside_the_other_faults(api_of, alice, issue, updated_by):
    with nothing_happens():
        response = api_of(alice).patch(path_of(issue), {"updated_by": updated_by, "status": "done"})
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {"updated_by", "status"}


def test_a_missing_or_inactive_updated_by_is_a_400_on_that_field(api_of, shop, alice, sofia, issue):
    sofia.is_active = False
    sofia.save()
    with nothing_happens():
        missing = api_of(alice).patch(path_of(issue), {"notes": "x"})
        inactive = shop.patch(path_of(issue), {"updated_by": sofia.employee_id, "notes": "x"})
    assert [set(answer.json()["errors"]) for answer in (missing, inactive)] == [{"updated_by"}] * 2


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_a_step_that_ends_needs_notes(api_of, max_, status):
    from tests.factories import IssueFactory

    issue = IssueFactory(status="in_progress" if status == "resolved" else "resolved")
    with nothing_happens():
        response = api_of(max_).patch(path_of(issue), {"updated_by": max_.employee_id, "status": status})
    assert response.json()["errors"] == {"notes": [f"Notes are required when the status becomes {status}."]}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=10), children, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["notes", "priority", "status", "refund_amount", "refund_source", "resolution_description", "customer_satisfied",
     "follow_up_required", "follow_up_date", "assigned_to", "updated_by"]
) | st.text(max_size=10)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(fields, json_values, max_size=6))
def test_a_random_body_never_gives_a_5xx(api_of, alice, issue, body):
    response = api_of(alice).patch(path_of(issue), {"updated_by": alice.employee_id, **body})
    assert response.status_code < 500, response.content
