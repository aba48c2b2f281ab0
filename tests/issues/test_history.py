"""The audit of an issue: each row with what it changed, and the issue as it once stood."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest

from accounts.actor import Actor
from accounts.models import ApiKey
from common import clock
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import Issue, Team
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.record_external import record_external
from refunds.providers.base import Answer, Outcome, ProviderRefund
from tests.api_client import path_of
from tests.factories import IssueFactory, OrderFactory
from tests.refunds.cashier import pay
from tests.untouched import nothing_happens

DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


@pytest.fixture
def rows(api):
    return lambda issue: api.get(f"{path_of(issue)}/history?limit=200").json()["results"]


def changes_in(row: dict) -> dict:
    return {change["field"]: (change["before"], change["after"]) for change in row["changes"]}


# The rows


def test_a_row_says_who_with_which_key_through_which_door_and_in_which_request(api, rows, issue, alice):
    api.patch(path_of(issue), {"updated_by": "EMP-ALICE", "status": "investigating"}, X_Request_ID="call-7")
    row = rows(issue)[-1]
    assert row.keys() == {"version", "at", "employee_id", "key", "via", "request_id", "changes", "hash"}
    assert (row["version"], row["employee_id"], row["via"], row["request_id"]) == (2, "EMP-ALICE", "api", "call-7")
    assert row["key"] == ApiKey.objects.get(employee=alice).prefix
    assert row["hash"] == Issue.objects.get().audit_hash
    assert changes_in(row) == {"status": ("open", "investigating")}


def test_credit_in_place_of_a_failed_refund_is_no_change_of_whoever_comes_next(rows, alice, sofia, as_, sandbox_books):
    issue = IssueFactory(order=OrderFactory(payment_reference="pay_decline"))
    asked = {"refund_amount": Decimal(60), "refund_source": "merchant"}
    failed = update_issue(issue.order_id, issue.pk, asked, actor=as_(alice)).refund
    assert pay(failed) == "failed"
    consent = Consent(given_by="Mina", given_at=clock.now(), channel="phone")
    credit_instead(failed.pk, consent=consent, actor=as_(alice))
    update_issue(failed.order_id, failed.issue_id, {"customer_satisfied": True}, actor=as_(sofia))
    row = rows(failed.issue)[-1]
    assert (row["employee_id"], changes_in(row)) == ("EMP-SOFIA", {"customer_satisfied": (None, True)})


def test_the_system_is_nobody(rows, issue):
    update_issue(issue.order_id, issue.pk, {"notes": "x"}, actor=Actor.system("close-stale-issues"))
    row = rows(issue)[-1]
    assert (row["employee_id"], row["key"], row["via"], row["request_id"]) == (
        None,
        None,
        "system",
        "close-stale-issues",
    )


def test_the_first_row_shows_what_the_issue_began_with(rows, issue):
    (first,) = rows(issue)
    assert first["version"] == 1
    assert changes_in(first)["status"] == (None, "open")
    assert changes_in(first)["priority"] == (None, "medium")


def test_every_kind_of_value_is_shown_as_the_api_writes_it(rows, issue, update, sofia):
    update(
        notes="Why.", priority="high", assigned_to=sofia, resolution_description="New kettle.", customer_satisfied=True,
        follow_up_date=DAY,
    )  # fmt: skip
    changes = changes_in(rows(issue)[-1])
    assert changes["priority"] == ("medium", "high")
    assert changes["assigned_to"] == (None, "EMP-SOFIA")
    assert changes["resolution_description"] == (None, "New kettle.")
    assert changes["customer_satisfied"] == (None, True)
    assert changes["follow_up_required"] == (False, True)
    assert changes["follow_up_date"] == (None, "2026-05-01T12:00:00Z")
    assert changes["notes"] == (None, "Why.")


def test_a_row_that_brought_a_note_alone_shows_the_note(rows, issue, update):
    update(notes="first")
    update(notes="second")
    assert [changes_in(row) for row in rows(issue)[1:]] == [{"notes": (None, "first")}, {"notes": (None, "second")}]


def test_a_communication_does_not_repeat_the_note_of_its_version(rows, issue, update, as_, alice):
    update(notes="once")
    word = {"channel": "phone", "direction": "outbound", "body": "Hello."}
    add_communication(issue.order_id, issue.pk, word, actor=as_(alice))
    noted, contacted = rows(issue)[1:]
    assert noted["version"] == contacted["version"] == 2
    assert changes_in(noted) == {"notes": (None, "once")}
    assert changes_in(contacted).keys() == {"customer_contacted", "first_response_at"}


def test_changes_are_computed_across_the_edge_of_a_page(api, issue, update):
    for priority in ("low", "high", "low", "high"):
        update(priority=priority, notes=priority)
    address, seen = f"{path_of(issue)}/history?limit=2", []
    while address:
        page = api.get(address.removeprefix("http://testserver/api/v1")).json()
        seen += [changes_in(row).get("priority") for row in page["results"]]
        address = page["next"]
    assert seen == [(None, "medium"), ("medium", "low"), ("low", "high"), ("high", "low"), ("low", "high")]


def test_rows_that_are_added_between_two_pages_shift_nothing(api, issue, update):
    for number in range(4):
        update(notes=str(number))
    first = api.get(f"{path_of(issue)}/history?limit=3").json()
    update(notes="meanwhile")
    second = api.get(first["next"].removeprefix("http://testserver/api/v1")).json()
    assert [row["version"] for row in first["results"] + second["results"]] == [1, 2, 3, 4, 5, 6]


# As it once stood


@pytest.fixture
def story(order, as_, alice, max_):
    """An issue that was opened at noon of the first day, and changed at noon of each of the next ones."""
    steps = [
        {"status": "investigating", "assigned_to": alice, "notes": "Mine."},
        {"refund_amount": Decimal("30.00"), "refund_source": "merchant", "priority": "high", "notes": "Refund it."},
        {"status": "escalated"},
        {"status": "in_progress", "assigned_to": max_, "resolution_description": "Talked."},
    ]
    Team.objects.create(name="Escalations", takes_escalations=True)
    with clock.as_if_at(DAY):
        issue = create_issue(order.pk, {"issue_type": "other", "description": "Torn."}, actor=as_(alice))
    for number, changes in enumerate(steps, start=1):
        with clock.as_if_at(DAY + timedelta(days=number)):
            update_issue(order.pk, issue.pk, changes, actor=as_(max_))
    return issue


@pytest.fixture
def at(api, story):
    """``at(2)``: the issue, hours after what happened on the second day."""

    def at(day: int, **hours) -> dict:
        moment = DAY + timedelta(days=day, **(hours or {"hours": 1}))
        return api.get(f"{path_of(story)}?as_of={quote(moment.isoformat())}").json()

    return at


def test_it_stands_as_it_stood_on_each_day(at):
    shown = ("version", "status", "priority", "assigned_to", "assigned_team", "resolution_description")
    assert [tuple(at(day)[name] for name in shown) for day in range(5)] == [
        (1, "open", "medium", None, None, None),
        (2, "investigating", "medium", "EMP-ALICE", None, None),
        (3, "investigating", "high", "EMP-ALICE", None, None),
        (4, "escalated", "high", None, "Escalations", None),
        (5, "in_progress", "high", "EMP-MAX", "Escalations", "Talked."),
    ]


def test_the_present_is_the_newest_row(api, at, story):
    now = api.get(path_of(story)).json()
    past = at(4)
    assert {name: past[name] for name in now if name != "sla"} == {name: now[name] for name in now if name != "sla"}


def test_a_change_counts_from_the_very_time_that_it_says_it_was_made_at(api, at, story):
    for day in range(5):
        moment = at(day)["updated_at"]
        assert api.get(f"{path_of(story)}?as_of={moment}").json()["version"] == day + 1
        assert at(day, microseconds=-1).get("version", 0) == day


def test_the_money_and_the_clock_are_those_of_then_too(at):
    assert [at(day)["order"]["refunded_amount"] for day in (1, 2)] == [0, 30]
    assert at(1)["order"]["refundable_amount"] == 100
    assert [at(day)["sla"]["policy"] for day in (1, 3)] == ["medium", "escalated"]
    assert [at(3, hours=hours)["sla"]["breached"] for hours in (8, 9)] == [False, True]


def test_what_was_given_back_elsewhere_counts_while_it_counted(api, at, story):
    """40 at noon of the first day, which failed on the fourth; and on the third 50, for which there was no room."""
    for day, reference, amount, outcome in (
        (1, "re_1", 40, Outcome.PENDING),
        (2, "re_1", 40, Outcome.SUCCEEDED),
        (3, "re_2", 50, Outcome.SUCCEEDED),
        (4, "re_1", 40, Outcome.FAILED),
    ):
        moment = DAY + timedelta(days=day)
        made = ProviderRefund("pay_ok_1", Decimal(amount), "USD", moment, Answer(outcome, reference=reference))
        with clock.as_if_at(moment):
            record_external("sandbox", "merchant", made, actor=Actor.system("apply-provider-events"))
    assert [at(day)["order"]["refunded_amount"] for day in range(5)] == [0, 40, 70, 70, 30]
    assert at(2)["order"]["refundable_amount"] == 30
    assert at(4)["order"] == api.get(path_of(story)).json()["order"]


def test_before_it_was_opened_it_was_not_there(at):
    assert at(0, seconds=-1)["error_code"] == "ISSUE_NOT_FOUND"


def test_a_look_back_has_no_etag_that_an_update_could_be_based_on(api, story):
    answer = api.get(f"{path_of(story)}?as_of=2026-05-02T13:00:00Z")
    assert answer.status_code == 200
    assert "ETag" not in answer


def test_looking_back_changes_nothing(at, story):
    with nothing_happens():
        at(1)


@pytest.mark.parametrize("query", ["as_of=2026-05-01", "as_of=x", "as_of=", "at=2026-05-01T00:00:00Z"])
def test_what_is_no_moment_is_refused(api, issue, query):
    answer = api.get(f"{path_of(issue)}?{query}")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {query.partition("=")[0]})
