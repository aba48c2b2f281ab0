"""The lists of issues: filters, orderings, pages, and what is refused."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from common import clock
from issues.models import Issue
from issues.workflow import IssueType, Priority, Status
from tests.api_client import ApiClient
from tests.factories import IssueFactory, OrderFactory, StoreFactory, TeamFactory, key_for

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def numbers(api):
    """``numbers(status="open")``: the numbers of the listed issues, in their order."""

    def numbers(path="/issues", **parameters):
        answer = api.get(f"{path}?{urlencode(parameters)}")
        assert answer.status_code == 200, answer.json()
        return [row["issue_number"] for row in answer.json()["results"]]

    return numbers


def issue_of(number: str, **fields) -> Issue:
    return IssueFactory(number=number, **fields)


# Filters


@pytest.mark.parametrize(("field", "choices"), [("status", Status), ("priority", Priority), ("issue_type", IssueType)])
def test_each_choice_finds_its_own_and_several_find_all_of_theirs(numbers, order, field, choices):
    for choice in choices:
        issue_of(choice, order=order, **{field: choice})
    for choice in choices:
        assert numbers(**{field: choice}) == [choice]
    two = list(choices)[:2]
    assert numbers(**{field: ",".join(two)}) == two[::-1]


def test_a_parameter_given_twice_is_as_good_as_a_comma(api, order):
    for status in ("open", "investigating", "closed"):
        issue_of(status, order=order, status=status)
    found = api.get("/issues?status=open&status=closed").json()["results"]
    assert [row["status"] for row in found] == ["closed", "open"]


def test_assigned_to_takes_an_employee_me_and_none(numbers, alice, sofia, order):
    issue_of("hers", order=order, assigned_to=alice)
    issue_of("sofias", order=order, assigned_to=sofia)
    issue_of("nobodys", order=order)
    assert numbers(assigned_to="EMP-SOFIA") == ["sofias"]
    assert numbers(assigned_to="me") == ["hers"]
    assert numbers(assigned_to="none") == ["nobodys"]
    assert numbers(assigned_to="none,me") == ["nobodys", "hers"]
    assert numbers(assigned_to="EMP-NOBODY") == []


def test_an_integration_has_no_issues_of_its_own(db):
    answer = ApiClient(key_for(None)).get("/issues?assigned_to=me")
    assert answer.json()["errors"].keys() == {"assigned_to"}


def test_team_and_store(numbers):
    team, store = TeamFactory(name="Returns"), StoreFactory(id="berlin")
    issue_of("both", assigned_team=team, order=OrderFactory(store=store))
    issue_of("store", order=OrderFactory(store=store))
    issue_of("neither")
    assert numbers(team="Returns") == ["both"]
    assert numbers(store="berlin") == ["store", "both"]
    assert numbers(store="berlin", team="Nobody") == []


@pytest.mark.parametrize("field", ["created", "updated"])
def test_after_and_before_divide_the_time_without_gap_or_overlap(numbers, order, field):
    for hour in range(3):
        at = NOON + timedelta(hours=hour)
        issue_of(str(hour), order=order, created_at=at, updated_at=at)
    one = (NOON + timedelta(hours=1)).isoformat()
    assert numbers(**{f"{field}_before": one}) == ["0"]
    assert numbers(**{f"{field}_after": one}) == ["2", "1"]
    assert numbers(**{f"{field}_after": one, f"{field}_before": "2026-06-01T16:00:00+02:00"}) == ["1"]


def test_follow_up_before_finds_what_is_to_be_followed_up(numbers, order):
    issue_of("soon", order=order, follow_up_required=True, follow_up_date=NOON)
    issue_of("later", order=order, follow_up_required=True, follow_up_date=NOON + timedelta(days=9))
    issue_of("undated", order=order, follow_up_required=True)
    issue_of("never", order=order)
    assert numbers(follow_up_before="2026-06-02T00:00:00Z") == ["soon"]


def test_breached_and_due_leave_out_what_is_done(numbers, order, settings):
    settings.SLA_DUE_SOON_HOURS = 4
    moments = {"breached": -1, "due": 3, "fine": 5}
    for status in ("open", "resolved", "closed"):
        for name, hours in moments.items():
            issue_of(f"{status} {name}", order=order, status=status, due_at=NOON + timedelta(hours=hours))
    issue_of("no clock", order=order)
    with clock.as_if_at(NOON):
        assert numbers(sla="breached") == ["open breached"]
        assert numbers(sla="due") == ["open due"]
        assert numbers(sla="breached,due") == ["open due", "open breached"]


def test_filters_narrow_each_other(numbers, order, alice):
    issue_of("yes", order=order, priority="high", assigned_to=alice)
    issue_of("no", order=order, priority="high")
    issue_of("nor this", order=order, priority="low", assigned_to=alice)
    assert numbers(priority="high", assigned_to="me") == ["yes"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("status=opened", {"status"}),
        ("status=", {"status"}),
        ("status=open,", {"status"}),
        ("priority=urgent", {"priority"}),
        ("issue_type=broken", {"issue_type"}),
        ("sla=late", {"sla"}),
        ("created_after=2026-01-01", {"created_after"}),
        ("created_before=2026-01-01T00:00:00", {"created_before"}),
        ("updated_after=x", {"updated_after"}),
        ("updated_before=2026-13-01T00:00:00Z", {"updated_before"}),
        ("follow_up_before=1", {"follow_up_before"}),
        ("created_after=9999-12-31T23:59:59-23:00", {"created_after"}),
        ("created_before=0001-01-01T00:00:00%2B01:00", {"created_before"}),
        ("follow_up_before=2026-01-01T00:00:00Z,2026-01-02T00:00:00Z", {"follow_up_before"}),
        ("ordering=id", {"ordering"}),
        ("ordering=--created_at", {"ordering"}),
        ("q=", {"q"}),
        ("q=%20", {"q"}),
        (f"q={'x' * 201}", {"q"}),
        ("limit=0", {"limit"}),
        ("limit=201", {"limit"}),
        ("limit=ten", {"limit"}),
        ("cursor=nonsense", {"cursor"}),
        ("page=2", {"page"}),
        ("status=nope&colour=red&limit=0&cursor=x&ordering=y", {"status", "colour", "limit", "cursor", "ordering"}),
    ],
)
def test_what_is_unknown_or_unfit_is_refused_by_name(api, order, query, fields):
    for path in ("/issues", f"/orders/{order.pk}/issues"):
        answer = api.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert answer.json()["errors"].keys() == fields


def test_nul_in_a_query_is_malformed(api):
    assert api.get("/issues?team=%00").json()["error_code"] == "MALFORMED_REQUEST"


# Orderings


def test_priorities_are_ordered_by_their_weight(numbers, order):
    for priority in ("high", "low", "critical", "medium"):
        issue_of(priority, order=order, priority=priority)
    by_weight = ["low", "medium", "high", "critical"]
    assert numbers(ordering="priority") == by_weight
    assert numbers(ordering="-priority") == by_weight[::-1]


@pytest.mark.parametrize("field", ["due_at", "follow_up_date"])
def test_issues_without_the_date_come_last_in_either_direction(numbers, order, field):
    for hour in range(3):
        dates = {field: NOON + timedelta(hours=hour)}
        issue_of(str(hour), order=order, follow_up_required=True, **dates)
    issue_of("none", order=order)
    assert numbers(ordering=field) == ["0", "1", "2", "none"]
    assert numbers(ordering=f"-{field}") == ["2", "1", "0", "none"]


@pytest.mark.parametrize("field", ["created_at", "updated_at"])
def test_times_are_ordered_either_way(numbers, order, field):
    for hour in (1, 0, 2):
        issue_of(str(hour), order=order, **{field: NOON + timedelta(hours=hour)})
    assert numbers(ordering=field) == ["0", "1", "2"]
    assert numbers(ordering=f"-{field}") == ["2", "1", "0"]


# Pages


# One order's issues, and the rows


def test_an_orders_list_holds_its_own_issues_alone(numbers, order):
    issue_of("its", order=order)
    issue_of("others")
    assert numbers(f"/orders/{order.pk}/issues") == ["its"]
    assert numbers(f"/orders/{OrderFactory().pk}/issues") == []


def test_the_list_of_an_unknown_order_is_not_found(api):
    answer = api.get("/orders/nothing/issues")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ORDER_NOT_FOUND")


ROW = {
    "issue_id", "issue_number", "order_id", "store_id", "issue_type", "description", "status", "priority",
    "assigned_to", "assigned_team", "reported_by", "order_item_id", "resolution_description", "customer_satisfied",
    "follow_up_required", "follow_up_date", "customer_contacted", "expected_resolution_time", "created_at",
    "updated_at", "first_response_at", "resolved_at", "closed_at", "reopened_count", "version", "sla", "order",
}  # fmt: skip


def test_a_row_has_the_documented_fields(api, issue):
    (row,) = api.get("/issues").json()["results"]
    assert row.keys() == ROW
    assert row["order"].keys() == {
        "order_id", "store_id", "currency", "total_amount", "refunded_amount", "refundable_amount", "payment_method",
        "customer_name",
    }  # fmt: skip
    assert row["sla"] is None


def test_a_single_issue_has_the_transitions_too(api, issue):
    answer = api.get(f"/orders/{issue.order_id}/issues/{issue.pk}")
    body = answer.json()
    assert body.keys() == ROW | {"allowed_transitions", "requestable_transitions"}
    assert body["allowed_transitions"] == ["investigating"]
    assert body["requestable_transitions"] == ["escalated"]
    assert answer["ETag"] == '"1"'


def test_the_sla_of_an_issue_is_breached_once_it_is_late(api, order):
    issue = IssueFactory(order=order, due_at=NOON, sla_policy="high")
    path = f"/orders/{order.pk}/issues/{issue.pk}"

    def sla_at(moment):
        with clock.as_if_at(moment):
            return api.get(path).json()["sla"]

    assert sla_at(NOON) == {"policy": "high", "due_at": "2026-06-01T12:00:00Z", "breached": False}
    assert sla_at(NOON + timedelta(seconds=1))["breached"] is True


@pytest.mark.parametrize("issue_id", ["nothing", "1", "00000000-0000-0000-0000-000000000000", "%F0%9F%98%80"])
def test_an_unknown_issue_is_not_found(api, order, issue_id):
    answer = api.get(f"/orders/{order.pk}/issues/{issue_id}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ISSUE_NOT_FOUND")


def test_an_issue_under_another_order_is_not_found(api, issue):
    other = OrderFactory()
    for path, code in ((other.pk, "ISSUE_NOT_FOUND"), ("nothing", "ORDER_NOT_FOUND")):
        for suffix in ("", "/timeline", "/history"):
            answer = api.get(f"/orders/{path}/issues/{issue.pk}{suffix}")
            assert (answer.status_code, answer.json()["error_code"]) == (404, code)
