"""Warnings at 50, 75 and 90 %, the breach to the second, what a policy does then, and follow-ups at their time."""

from datetime import timedelta

import pytest

from config.celery import BEAT_TABLE
from events.deliver import deliver_due
from events.models import Delivery, Event
from issues.models import Issue, Note
from tests.factories import TeamFactory
from tests.sla.conftest import MONDAY

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def told() -> list[tuple]:
    events = Event.objects.filter(name__startswith="sla.").order_by("pk")
    return [(each.name, each.data["target"], each.data["percent"]) for each in events]


def test_each_percentage_is_told_once_at_its_time(policy, desk):
    policy(resolution=600)
    desk.open(MONDAY)
    for percent in (50, 75, 90, 100):
        before = told()
        desk.beat(MONDAY + percent * HOUR / 10 - SECOND)
        assert told() == before
        for seconds in (0, 1, 30):
            desk.beat(MONDAY + percent * HOUR / 10 + seconds * SECOND)
        name = "sla.breached" if percent == 100 else "sla.warning"
        assert told() == [*before, (name, "resolution", percent)]
    assert desk.now().clocks_tell_at is None


def test_a_beat_that_comes_late_tells_the_highest_alone_and_the_breach_at_its_own_second(policy, desk):
    policy(resolution=600)
    desk.open(MONDAY)
    issue = desk.beat(MONDAY + 30 * HOUR)
    assert told() == [("sla.breached", "resolution", 100)]
    assert issue.clocks[0]["breached_at"] == (MONDAY + 10 * HOUR).isoformat()
    assert Event.objects.get(name="sla.breached").data["due_at"] == (MONDAY + 10 * HOUR).isoformat()


def test_it_is_found_within_a_minute():
    _, seconds = BEAT_TABLE["tell-deadlines"]
    assert seconds <= 30


def test_a_breach_is_told_though_the_answer_came_before_the_beat(policy, desk):
    policy(first_response=60)
    desk.open(MONDAY)
    desk.say(MONDAY + HOUR + SECOND, "outbound")
    desk.beat(MONDAY + HOUR + 5 * SECOND)
    desk.beat(MONDAY + HOUR + 15 * SECOND)
    assert told() == [("sla.breached", "first_response", 100)]


def test_nothing_is_told_of_what_waits_or_is_resolved(policy, desk):
    policy(resolution=60)
    desk.open(MONDAY)
    desk.say(MONDAY + HOUR / 3, "outbound")
    desk.beat(MONDAY + 900 * HOUR)
    assert told() == []


def test_telling_is_no_change_of_the_issue(policy, desk):
    policy(resolution=60)
    issue = desk.open(MONDAY)
    rows = issue.history.count()
    assert desk.beat(MONDAY + 2 * HOUR).version == issue.version
    assert issue.history.count() == rows


@pytest.mark.parametrize("at", [75, 90, 100])
def test_a_policy_escalates_at_its_moment_and_says_why(policy, desk, at):
    policy(resolution=600, rule_at=at, rule_escalates=True, rule_priority="critical")
    desk.open(MONDAY)
    assert desk.beat(MONDAY + at * HOUR / 10 - SECOND).status == "open"
    issue = desk.beat(MONDAY + at * HOUR / 10)
    assert (issue.status, issue.priority) == ("escalated", "critical")
    assert "By the policy mine" in Note.objects.get(issue=issue).body
    desk.beat(MONDAY + at * HOUR / 10 + 30 * SECOND)
    assert Note.objects.filter(issue=issue).count() == 1


def test_a_policy_gives_it_to_a_team(policy, desk):
    team = TeamFactory()
    policy(resolution=60, rule_at=100, rule_team=team)
    desk.open(MONDAY)
    assert desk.beat(MONDAY + HOUR).assigned_team == team


def test_a_priority_is_raised_and_never_lowered(policy, desk):
    policy(resolution=60, rule_at=100, rule_priority="low")
    desk.open(MONDAY, priority="high")
    issue = desk.beat(MONDAY + HOUR)
    assert (issue.priority, issue.version) == ("high", 1)


def test_what_a_policy_can_not_do_is_left_undone_and_told_all_the_same(policy, desk):
    team = TeamFactory()
    team.stores.create(id="another")
    policy(resolution=60, rule_at=100, rule_team=team)
    desk.open(MONDAY)
    assert desk.beat(MONDAY + HOUR).assigned_team is None
    assert told() == [("sla.breached", "resolution", 100)]


def test_one_that_can_not_be_told_keeps_no_other_from_it(policy, desk):
    policy(resolution=60)
    bad = desk.open(MONDAY)
    desk.open(MONDAY + SECOND)
    Issue.objects.filter(pk=bad.pk).update(clocks=[{"target": "nonsense"}])
    desk.beat(MONDAY + 2 * HOUR)
    assert told() == [("sla.breached", "resolution", 100)]


def follow_ups() -> list[str]:
    events = Event.objects.filter(name="issue.follow_up_due").order_by("pk")
    return [each.data["follow_up_date"] for each in events]


def test_a_follow_up_is_told_once_at_its_time_and_again_when_it_was_moved(desk):
    desk.open(MONDAY)
    desk.change(MONDAY, follow_up_date=MONDAY + HOUR)
    desk.beat(MONDAY + HOUR - SECOND)
    assert follow_ups() == []
    desk.beat(MONDAY + HOUR)
    desk.beat(MONDAY + 2 * HOUR)
    assert follow_ups() == [(MONDAY + HOUR).isoformat()]
    desk.change(MONDAY + 2 * HOUR, follow_up_date=MONDAY + 3 * HOUR)
    desk.beat(MONDAY + 4 * HOUR)
    assert follow_ups()[1:] == [(MONDAY + 3 * HOUR).isoformat()]


def test_a_follow_up_that_is_done_or_moved_in_time_is_not_told(desk):
    desk.open(MONDAY)
    desk.change(MONDAY, follow_up_date=MONDAY + HOUR)
    desk.change(MONDAY, follow_up_date=MONDAY + 9 * HOUR)
    desk.beat(MONDAY + 2 * HOUR)
    desk.change(MONDAY, follow_up_required=False)
    desk.beat(MONDAY + 10 * HOUR)
    assert follow_ups() == []


def test_who_has_it_hears_of_it(desk, alice):
    desk.open(MONDAY)
    desk.change(MONDAY, assigned_to=alice, follow_up_date=MONDAY + HOUR)
    desk.beat(MONDAY + 90 * HOUR)

    deliver_due()
    assert {"follow_up_due", "sla_breached"} <= set(
        Delivery.objects.filter(employee=alice).values_list("kind", flat=True)
    )
