"""What each figure counts, to the second; and that a past day stays as it was."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.actor import Actor
from common import clock
from common.context import writing_as
from issues.actions.create import create_issue
from issues.metrics import keeping
from issues.metrics.keeping import forget_everything, read_issues, read_unread
from issues.models import Milestone, Standing, Team
from tests.factories import IssueFactory, OrderFactory, StoreFactory
from tests.metrics.conftest import HOUR, NOW, at

pytestmark = pytest.mark.django_db

SOLVED = ("investigating", "in_progress", "resolved")


def day(figures, number):
    row = figures["days"][number - 1]
    assert row["day"].day == number
    return row


@pytest.fixture
def lived(desk):
    """Opened on Monday at 12, answered at 14, resolved on Wednesday at 12, closed on Friday."""
    issue = desk.open(at(1))
    desk.answer(issue, at(1, 14))
    desk.update(issue, at(2), status="investigating")
    desk.update(issue, at(2, 18), status="in_progress")
    desk.update(issue, at(3), status="resolved")
    desk.update(issue, at(5), status="closed", customer_satisfied=True)
    return issue


def test_each_day_has_what_happened_on_it(desk, lived):
    figures = desk.figures()
    counts = ("created", "resolved", "closed", "reopened", "taken_back")
    counted = {number: {name for name in counts if day(figures, number)[name]} for number in (1, 2, 3, 4, 5)}
    assert counted == {1: {"created"}, 2: set(), 3: {"resolved"}, 4: set(), 5: {"closed"}}
    assert [day(figures, number)["backlog"] for number in (1, 2, 3, 4)] == [1, 1, 0, 0]
    assert (figures["created"], figures["resolved"], figures["closed"], figures["backlog"]) == (1, 1, 1, 0)


def test_times_are_told_by_the_clock_and_in_business_hours(desk, lived):
    figures = desk.figures()
    assert figures["first_response"]["clock"] == {"median": 2 * HOUR, "p90": 2 * HOUR}
    assert figures["first_resolution"]["clock"]["median"] == 48 * HOUR
    assert figures["first_resolution"]["business"]["median"] == 16 * HOUR
    assert figures["final_resolution"]["clock"]["median"] == 48 * HOUR, "until the resolution, not until the closing"
    stays = {row["status"]: row["clock"]["median"] // HOUR for row in figures["statuses"]}
    assert stays == {"open": 24, "investigating": 6, "in_progress": 18, "resolved": 48}


def test_satisfaction_is_of_those_who_answered(desk, lived):
    assert desk.figures()["satisfaction"] == {"n": 1, "is_small": True, "rate": 1.0}


def test_a_figure_of_nothing_is_none_and_not_zero(desk):
    figures = desk.figures()
    assert figures["first_response"] == {
        "n": 0, "is_small": True, "clock": {"median": None, "p90": None}, "business": {"median": None, "p90": None},
    }  # fmt: skip
    assert figures["reopen_rate"]["rate"] is None
    assert figures["statuses"] == figures["refunds"] == figures["groups"] == []


def test_the_median_is_the_middle_and_the_p90_the_tail(desk):
    """Of ten, by the nearest rank: the fifth and the ninth. One that was forgotten moves neither."""
    for hours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 600):
        desk.answer(desk.open(at(1, 0)), at(1, hours))
    spread = desk.figures()["first_response"]
    assert (spread["n"], spread["is_small"], spread["clock"]) == (10, True, {"median": 5 * HOUR, "p90": 9 * HOUR})


def test_a_reopen_changes_no_past_figure(desk, lived):
    """Compute, reopen, compute: each way of asking for the past gives what it gave."""
    asked = [{}, {"group_by": "team"}, {"group_by": "week"}, {"from": "2026-06-03", "to": "2026-06-05"}]
    before = [desk.figures(when=at(30, 23), **each) for each in asked]
    desk.update(lived, NOW - timedelta(days=2), status="open")
    desk.walk(lived, NOW - timedelta(days=1), *SOLVED, "closed")
    after = [desk.figures(when=NOW, **each) for each in asked]
    for figures in (*before, *after):
        del figures["complete_until"]
    assert before == after
    july = desk.figures(**{"from": "2026-07-01", "to": "2026-07-10"})
    assert (july["reopened"], july["closed"], july["reopen_rate"]["rate"]) == (1, 1, 1.0)
    assert july["first_resolution"]["n"] == 0, "it was resolved before"
    assert july["final_resolution"]["clock"]["median"] > 30 * 24 * HOUR


def test_neither_does_a_call_that_is_written_down_later(desk):
    issue = desk.open(at(1))
    before = desk.figures(when=at(2), to="2026-06-01")
    desk.answer(issue, at(3), occurred_at=at(1, 13))
    after = desk.figures(to="2026-06-01")
    assert before["first_response"] == after["first_response"]
    assert desk.figures()["first_response"]["clock"]["median"] == HOUR, "as it was said; on the day it was written down"


def test_a_new_owner_of_the_order_does_not_move_the_past(desk):
    with clock.as_if_at(at(1, 0)):
        order = OrderFactory(store=StoreFactory(id="old"))
    issue = desk.open(at(1), order=order)
    order.store = StoreFactory(id="new")
    with clock.as_if_at(at(1, 18)), writing_as(Actor.system("test").origin):
        order.save()
    desk.walk(issue, at(2), *SOLVED)
    assert desk.figures(store="old")["resolved"] == 1
    forget_everything()
    assert sum(read_unread())
    assert desk.figures(store="old")["resolved"] == 1


def test_the_backlog_of_a_team_follows_the_issue(desk):
    """It leaves the one and comes to the other on the day on which it was escalated."""
    Team.objects.create(name="Care")
    Team.objects.create(name="Fire brigade", takes_escalations=True)
    issue = desk.open(at(1))
    desk.update(issue, at(3), status="escalated")
    none, brigade = desk.figures(team="none"), desk.figures(team="Fire brigade")
    assert [day(none, number)["backlog"] for number in (1, 2, 3)] == [1, 1, 0]
    assert [day(brigade, number)["backlog"] for number in (1, 2, 3)] == [0, 0, 1]
    assert {row["group"]: row["backlog"] for row in desk.figures(group_by="team")["groups"]}["Fire brigade"] == 1


def test_every_change_of_the_backlog_has_its_name(desk, lived):
    """What came less what went is what is left, day by day, whatever happened."""
    other = desk.open(at(2), priority="high")
    desk.walk(other, at(3), *SOLVED)
    desk.update(other, at(4), status="in_progress")
    desk.update(other, at(8), priority="critical")
    desk.update(other, at(9), status="escalated")
    desk.update(lived, at(10), status="open")
    last = 0
    for row in desk.figures()["days"]:
        last += row["created"] + row["reopened"] + row["taken_back"] - row["resolved"]
        assert row["backlog"] == last, row["day"]
    assert last == 2
    assert desk.figures()["taken_back"] == 1


def test_groups_add_up_to_the_whole(desk, lived):
    desk.open(at(9), issue_type="other", priority="low")
    for group_by in ("store", "issue_type", "team", "priority", "week", "month"):
        figures = desk.figures(group_by=group_by)
        for name in ("created", "resolved", "closed"):
            assert sum(row[name] for row in figures["groups"]) == figures[name], group_by
    weeks = desk.figures(group_by="week")["groups"]
    assert [row["group"] for row in weeks] == ["2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29"]
    assert [row["backlog"] for row in weeks] == [0, 1, 1, 1, 1]
    priorities = desk.figures(group_by="priority")["groups"]
    assert [row["group"] for row in priorities] == ["low", "medium"], "in their own order"


def test_filters_narrow(desk, lived):
    desk.open(at(9), issue_type="other", priority="low")
    assert desk.figures(issue_type="other,wrong_items")["created"] == 1
    assert desk.figures(priority="low", issue_type="damaged_items")["created"] == 0
    assert desk.figures(store=lived.order.store_id)["created"] == 1
    assert desk.figures(team="Nobody's")["created"] == 0
    assert desk.figures(**{"from": "2026-06-09"})["created"] == 1


def test_reading_again_adds_nothing(desk, lived):
    before = list(Milestone.objects.order_by("pk").values())
    read_issues([lived.pk])
    Standing.objects.all().delete()
    assert sum(read_unread())
    assert list(Milestone.objects.order_by("pk").values()) == before


def test_what_nobody_has_read_is_found_in_stretches_up_to_the_last_issue(desk, monkeypatch):
    monkeypatch.setattr(keeping, "STRETCH", 2)
    issues = [desk.open(at(1)) for _ in range(5)]
    assert list(read_unread()) == [0, 0, 0], "the events were heard"
    Standing.objects.filter(issue__in=issues[1:4]).delete()
    assert list(read_unread()) == [1, 2, 0]
    assert Standing.objects.exclude(status="").count() == 5


def test_rebuilding_gives_the_same(desk, lived, capsys):
    desk.update(lived, at(10), status="open")
    call_command("rebuild_figures", "--check")
    before = desk.figures()
    call_command("rebuild_figures")
    after = desk.figures()
    assert "0 differed" in capsys.readouterr().out
    del before["complete_until"], after["complete_until"]
    assert before == after


def test_a_fact_that_the_audit_does_not_tell_is_found(desk, lived):
    Milestone.objects.filter(kind="created").update(priority="low")
    with pytest.raises(CommandError, match="2 facts"):
        call_command("rebuild_figures", "--check")
    assert Milestone.objects.get(kind="created").priority == "low", "a check changes nothing"


def test_what_no_worker_has_heard_of_is_told(desk):
    """An issue that came while no worker ran: the answer says up to when it is whole."""
    desk.open(at(1))
    with clock.as_if_at(at(2)):
        create_issue(OrderFactory().pk, {"issue_type": "other", "description": "x"}, actor=desk.actor)
    figures = desk.figures()
    assert (figures["created"], figures["complete_until"]) == (1, at(2))


def test_a_history_that_nobody_read_is_read_by_the_job(desk):
    with clock.as_if_at(at(1)):
        IssueFactory.create_batch(3)
    assert desk.figures()["created"] == 0
    call_command("run_job", "read-unread-audits")
    assert desk.figures()["created"] == 3
