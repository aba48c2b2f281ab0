"""Contract 3: where several errors apply, which answers first."""

import pytest

from accounts.models import Scope
from issues.actions.request_approval import request_approval
from tests.api_client import path_of
from tests.untouched import nothing_happens

NOBODYS = "01a228c2-b37d-774c-828c-ba324c263199"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/orders/NOPE", "ORDER_NOT_FOUND"),
        ("/orders/NOPE/issues", "ORDER_NOT_FOUND"),
        (f"/orders/NOPE/issues/{NOBODYS}", "ORDER_NOT_FOUND"),
        (f"/orders/NOPE/issues/{NOBODYS}/timeline", "ORDER_NOT_FOUND"),
        (f"/orders/NOPE/issues/{NOBODYS}/history", "ORDER_NOT_FOUND"),
        (f"/orders/NOPE/issues/{NOBODYS}/sla", "ORDER_NOT_FOUND"),
        (f"/orders/NOPE/issues/{NOBODYS}/communications", "ORDER_NOT_FOUND"),
        (f"/orders/NOPE/issues/{NOBODYS}/refunds", "ORDER_NOT_FOUND"),
        (f"/refunds/{NOBODYS}", "NOT_FOUND"),
        (f"/approvals/{NOBODYS}", "NOT_FOUND"),
    ],
)
def test_what_is_not_there_comes_before_what_is_wrong_with_the_question(shop, path, code):
    answer = shop.get(f"{path}?colour=green")
    assert (answer.status_code, answer.json()["error_code"]) == (404, code)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/refunds?status=nope&limit=0", {"status", "limit"}),
        ("/approvals?kind=nope&limit=0&cursor=x", {"kind", "limit", "cursor"}),
        ("/approvals?status=nope&status=pending", {"status"}),
        ("/issues?status=nope&limit=0", {"status", "limit"}),
        ("{issue}/timeline?colour=red&limit=0", {"colour", "limit"}),
        ("{issue}/refunds?colour=red&cursor=x", {"colour", "cursor"}),
        ("{approval}?colour=red", {"colour"}),
    ],
)
def test_all_that_is_wrong_with_a_question_is_said_at_once(shop, issue, alice, as_, path, wrong):
    approval, _ = request_approval(issue.order_id, issue.pk, "escalate", "Third time.", actor=as_(alice))
    answer = shop.get(path.format(issue=path_of(issue), approval=f"/approvals/{approval.pk}"))
    assert (answer.status_code, set(answer.json()["errors"])) == (400, wrong)


def test_a_parameter_given_twice_is_as_good_as_a_comma(shop, issue, alice, as_):
    request_approval(issue.order_id, issue.pk, "escalate", "Third time.", actor=as_(alice))
    found = [shop.get(f"/approvals?{query}").json()["results"] for query in ("status=pending,expired",
             "status=pending&status=expired", "status=expired&status=rejected")]  # fmt: skip
    assert [len(rows) for rows in found] == [1, 1, 0]


def test_who_has_no_role_asks_for_no_reopening(api_of, alice, issue):
    closed = type(issue).objects.filter(pk=issue.pk)
    closed.update(status="closed")
    alice.groups.clear()
    with nothing_happens():
        answer = api_of(alice, scopes=Scope.values).patch(
            path_of(issue), {"updated_by": alice.employee_id, "status": "open"}
        )
    assert (answer.status_code, answer.json()["required_permission"]) == (403, "issues.work_issue")
