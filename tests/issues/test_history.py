"""The audit of an issue: each row with what it changed, the issue as it once stood, and that tampering is found."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.actor import Actor
from accounts.models import ApiKey
from common import clock
from common.audit import broken_links
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import Issue, Team
from orders.models import Order
from refunds.models import Refund
from tests.api_client import ApiClient, path_of
from tests.factories import IssueFactory, OrderFactory, key_for
from tests.untouched import nothing_happens

DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def api(alice):
    return ApiClient(key_for(alice))


@pytest.fixture
def rows(api):
    return lambda issue: api.get(f"{path_of(issue)}/history?limit=200").json()["results"]


@pytest.fixture
def update(issue, as_, alice):
    return lambda **changes: update_issue(issue.order_id, issue.pk, changes, actor=as_(alice))


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


# Tampering


@pytest.fixture
def audited(issue, update):
    for number in range(4):
        update(notes=str(number), customer_satisfied=bool(number % 2))
    return Issue.objects.get(pk=issue.pk)


def history_of(issue):
    return issue.history.model.objects.filter(id=issue.pk).order_by("history_id")


def alter(issue):
    history_of(issue).filter(version=3).update(customer_satisfied=None)


def fill_what_was_empty(issue):
    history_of(issue).filter(version=1).update(follow_up_date=DAY)


def alter_who(issue):
    history_of(issue).filter(version=3).update(history_user_id=None)


def alter_when(issue):
    history_of(issue).filter(version=3).update(history_date=DAY)


def alter_and_hash_again(issue):
    """By somebody who knows how: the next row still names the old hash."""
    from common.audit import _link_as_written

    row = history_of(issue).get(version=3)
    row.priority = "low"
    row.hash = _link_as_written(row, values_of=row)
    row.save()


def insert(issue):
    row = history_of(issue).get(version=3)
    row.history_id = None
    row.save(force_insert=True)


def remove(issue):
    history_of(issue).filter(version=3).delete()


def remove_first(issue):
    history_of(issue).filter(version=1).delete()


def remove_last(issue):
    history_of(issue).last().delete()


def remove_all(issue):
    history_of(issue).delete()


def swap(issue):
    second, third = history_of(issue).get(version=2), history_of(issue).get(version=3)
    ids = second.history_id, third.history_id
    history_of(issue).filter(pk__in=ids).delete()
    for row, history_id in ((second, ids[1]), (third, ids[0])):
        row.history_id = history_id
        row.save(force_insert=True)


def change_the_row(issue):
    Issue.objects.filter(pk=issue.pk).update(priority="low")


def forget_the_hash(issue):
    Issue.objects.filter(pk=issue.pk).update(audit_hash="")


TAMPERINGS = [
    alter, fill_what_was_empty, alter_who, alter_when, alter_and_hash_again, insert, remove, remove_first, remove_last,
    remove_all, swap, change_the_row, forget_the_hash,
]  # fmt: skip


def test_an_honest_history_has_no_broken_link(audited):
    assert list(broken_links(audited)) == []


@pytest.mark.parametrize("later", ["follow_up_date", "resolution_description", "follow_up_required"])
def test_a_column_that_comes_later_and_is_empty_breaks_no_link(as_, alice, order, monkeypatch, later):
    history_model = Issue.history.model
    with monkeypatch.context() as before:
        known = [field for field in history_model.tracked_fields if field.attname != later]
        before.setattr(history_model, "tracked_fields", known)
        issue = create_issue(order.pk, {"issue_type": "other", "description": "Broken."}, actor=as_(alice))
    assert later in {field.attname for field in history_model.tracked_fields}
    assert list(broken_links(Issue.objects.get(pk=issue.pk))) == []


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_tampering_is_found(audited, tamper):
    tamper(audited)
    assert list(broken_links(Issue.objects.get(pk=audited.pk)))


def verify() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def test_the_command_walks_every_kind_of_audited_row(audited, as_, max_):
    refund = {"refund_amount": Decimal("10.00"), "refund_source": "merchant"}
    update_issue(audited.order_id, audited.pk, refund, actor=as_(max_))
    kinds = [model for model in apps.get_models() if hasattr(model, "audit_hash")]
    assert f"{len(kinds)} kinds of rows is unbroken" in verify()
    for model in (Order, Refund):
        model.history.model.objects.update(via="web")
        with pytest.raises(CommandError) as found:
            verify()
        assert found.value.returncode == 1
        model.history.model.objects.update(via="system")


def test_the_command_finds_an_issue_that_was_removed_with_its_history_left(db):
    issue = IssueFactory(order=OrderFactory())
    Issue.objects.filter(pk=issue.pk)._raw_delete("default")
    with pytest.raises(CommandError):
        verify()
