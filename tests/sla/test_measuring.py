"""The rules of docs/deadlines.md, through the actions that everybody calls."""

from datetime import UTC, datetime, timedelta

import pytest

from common.audit import broken_links
from events.models import Event
from issues import sla
from issues.models import BusinessHours, SlaPolicy
from issues.sla.measure import Measure
from tests.factories import AuditedFactory, IssueFactory
from tests.sla.conftest import MONDAY

HOUR = timedelta(hours=1)
UNTIL_RESOLVED = ("investigating", "in_progress", "resolved")


class HoursFactory(AuditedFactory):
    class Meta:
        model = BusinessHours


def clocks(issue) -> dict[str, list[tuple]]:
    return {each["target"]: (each["ended_at"] is not None, each["breached_at"] is not None) for each in issue.clocks}


def stretches(issue):
    """Of the newest clock: each state, and how many hours after the start it began."""
    for state, start, *_ in issue.clocks[-1]["stretches"]:
        yield state, (datetime.fromisoformat(start) - MONDAY) / HOUR


def test_without_policies_a_desk_has_a_resolution_by_priority_and_one_of_an_escalation(desk):
    issue = desk.open(MONDAY, priority="high")
    assert (issue.sla_policy, issue.due_at) == ("high", MONDAY + 24 * HOUR)
    issue = desk.change(MONDAY + HOUR, status="escalated")
    assert (issue.sla_policy, issue.due_at) == ("escalated", MONDAY + 9 * HOUR)


def test_the_first_policy_that_fits_decides(policy, desk):
    policy(name="of another store", store_id=IssueFactory().order.store_id, resolution=60)
    policy(name="payments", issue_type="payment_issue", resolution=120, position=1)
    policy(name="rest", resolution=180, position=2)
    assert desk.open(MONDAY).sla_policy == "rest"
    assert desk.open(MONDAY, issue_type="payment_issue").sla_policy == "payments"


def test_without_a_policy_that_fits_there_is_no_deadline(policy, desk):
    policy(priority="low", resolution=60)
    policy(is_retired=True, resolution=60)
    issue = desk.open(MONDAY)
    assert (issue.due_at, issue.sla_policy, issue.clocks) == (None, "", [])


def test_the_next_deadline_is_the_earliest_that_runs(policy, desk):
    policy(first_response=60, next_response=30, resolution=480)
    assert desk.open(MONDAY).due_at == MONDAY + HOUR
    assert desk.say(MONDAY + HOUR / 2, "outbound").due_at is None  # it waits for the customer
    issue = desk.say(MONDAY + 5 * HOUR, "inbound")
    assert issue.due_at == MONDAY + 5.5 * HOUR  # the next response
    issue = desk.say(MONDAY + 6 * HOUR, "outbound")
    assert issue.due_at is None
    assert clocks(issue) == {
        "first_response": (True, False), "next_response": (True, True), "resolution": (False, False),
    }  # fmt: skip
    assert desk.say(MONDAY + 50 * HOUR, "inbound").due_at == MONDAY + 50.5 * HOUR


def test_the_resolution_waits_with_the_customer(policy, desk):
    policy(resolution=480)
    desk.open(MONDAY)
    desk.say(MONDAY + HOUR, "outbound")
    assert desk.say(MONDAY + 100 * HOUR, "inbound").due_at == MONDAY + 107 * HOUR


def test_a_word_that_was_written_down_late_does_not_say_whose_turn_it_is(policy, desk):
    policy(first_response=60, resolution=480)
    desk.open(MONDAY)
    desk.say(MONDAY + HOUR, "inbound")
    issue = desk.say(MONDAY + 2 * HOUR, "outbound", occurred_at=MONDAY + HOUR / 2)
    assert issue.due_at == MONDAY + 8 * HOUR
    first, resolution = issue.clocks
    assert first["met_at"] == (MONDAY + HOUR / 2).isoformat()
    assert len(resolution["stretches"]) == 1


def test_what_is_resolved_does_not_count_and_goes_on_when_it_comes_back(desk):
    desk.open(MONDAY)
    desk.change(MONDAY, status="investigating")
    desk.change(MONDAY, status="in_progress")
    issue = desk.change(MONDAY + 10 * HOUR, status="resolved")
    assert (issue.due_at, sla.is_breached(issue, at=MONDAY + 900 * HOUR)) == (MONDAY + 72 * HOUR, False)
    assert issue.clocks_tell_at is None
    assert desk.change(MONDAY + 110 * HOUR, status="in_progress").due_at == MONDAY + 172 * HOUR


def test_closed_is_ended_and_a_reopening_starts_anew(desk):
    desk.open(MONDAY)
    for status in ("investigating", "in_progress", "resolved", "closed"):
        issue = desk.change(MONDAY + HOUR, status=status)
    assert clocks(issue) == {"resolution": (True, False)}
    assert desk.change(MONDAY + 50 * HOUR, status="open").due_at == MONDAY + 122 * HOUR


@pytest.mark.parametrize("back_to", ["in_progress", "escalated"])
def test_a_customer_who_answers_what_is_resolved_waits_for_an_answer_once_it_goes_on(policy, desk, back_to):
    policy(first_response=60, next_response=30, resolution=6000)
    desk.open(MONDAY)
    desk.say(MONDAY, "outbound")
    desk.work(MONDAY + HOUR, *UNTIL_RESOLVED)
    desk.say(MONDAY + 2 * HOUR, "inbound")
    issue = desk.change(MONDAY + 2.25 * HOUR, status=back_to)
    assert issue.due_at == MONDAY + 2.5 * HOUR
    assert clocks(desk.say(MONDAY + 3 * HOUR, "outbound"))["next_response"] == (True, True)


def test_so_does_one_who_wrote_before_a_closed_issue_is_opened_again(policy, desk):
    policy(first_response=60, next_response=30)
    desk.open(MONDAY)
    desk.say(MONDAY, "outbound")
    desk.work(MONDAY + HOUR, *UNTIL_RESOLVED, "closed")
    desk.say(MONDAY + 2 * HOUR, "inbound")
    assert desk.change(MONDAY + 3 * HOUR, status="open").due_at == MONDAY + 2.5 * HOUR


@pytest.mark.parametrize(
    "words",
    [
        [("outbound", 0), ("inbound", 0.5)],  # the resolution was the answer
        [("outbound", 0), ("inbound", 2), ("outbound", 3)],
        [("outbound", 0)],
        [("inbound", 2)],  # the first was never answered
    ],
    ids=str,
)
def test_without_a_word_that_waits_nothing_is_asked_for_when_it_goes_on(policy, desk, words):
    policy(next_response=30)
    desk.open(MONDAY)
    for direction, hours in (each for each in words if each[1] < 1):
        desk.say(MONDAY + hours * HOUR, direction)
    desk.work(MONDAY + HOUR, *UNTIL_RESOLVED)
    for direction, hours in (each for each in words if each[1] > 1):
        desk.say(MONDAY + hours * HOUR, direction)
    assert desk.change(MONDAY + 4 * HOUR, status="in_progress").due_at is None


def test_a_word_from_before_the_resolution_that_came_after_it_waits_since_then(policy, desk):
    policy(next_response=30)
    desk.open(MONDAY)
    desk.say(MONDAY, "outbound")
    desk.work(MONDAY + HOUR, *UNTIL_RESOLVED)
    desk.say(MONDAY + 1.1 * HOUR, "inbound", occurred_at=MONDAY + 0.9 * HOUR)
    assert desk.change(MONDAY + 1.1 * HOUR, status="in_progress").due_at == MONDAY + 1.5 * HOUR


def test_out_of_escalation_it_goes_on_by_its_own_policy_with_what_the_escalation_took(desk):
    desk.open(MONDAY)
    desk.change(MONDAY + HOUR, status="escalated", priority="high")
    issue = desk.change(MONDAY + 3 * HOUR, status="in_progress")
    assert (issue.sla_policy, issue.due_at) == ("high", MONDAY + 25 * HOUR)


def test_another_priority_carries_over_what_is_used_up(desk):
    desk.open(MONDAY)
    issue = desk.change(MONDAY + HOUR, priority="critical")
    assert (issue.sla_policy, issue.due_at) == ("critical", MONDAY + 4 * HOUR)


def test_a_late_issue_whose_priority_falls_keeps_its_breach_in_the_past(desk):
    desk.open(MONDAY, priority="critical")
    issue = desk.change(MONDAY + 5 * HOUR, priority="low")
    first, second = issue.clocks
    assert first["breached_at"] == (MONDAY + 4 * HOUR).isoformat()
    assert (second["breached_at"], issue.due_at) == (None, MONDAY + 120 * HOUR)


def test_a_step_that_touches_no_clock_leaves_them_alone(policy, desk):
    policy(resolution=60)
    before = desk.open(MONDAY).clocks
    SlaPolicy.objects.update(is_retired=True)
    assert desk.change(MONDAY + 2 * HOUR, status="investigating").clocks == before


def test_another_policy_does_not_rewrite_what_is_measured(policy, desk):
    mine = policy(resolution=480)
    desk.open(MONDAY)
    SlaPolicy.objects.filter(pk=mine.pk).update(resolution=1, version=2)
    issue = desk.say(MONDAY + HOUR, "inbound")
    assert (issue.due_at, issue.clocks[0]["terms"]["version"]) == (MONDAY + 8 * HOUR, 1)


def test_nor_does_it_when_what_was_resolved_goes_on(policy, desk):
    mine = policy(first_response=60, resolution=600)
    desk.open(MONDAY)
    desk.work(MONDAY + HOUR, *UNTIL_RESOLVED)
    SlaPolicy.objects.filter(pk=mine.pk).update(resolution=120, version=2)
    issue = desk.change(MONDAY + 2 * HOUR, status="in_progress")
    assert issue.due_at == MONDAY + 11 * HOUR
    assert clocks(issue) == {"first_response": (True, False), "resolution": (False, False)}


@pytest.mark.parametrize("changed_with", ["resolved", "in_progress"])
def test_another_priority_counts_whichever_step_brought_it(policy, desk, changed_with):
    policy(name="medium", priority="medium", resolution=600)
    policy(name="high", priority="high", resolution=300)
    desk.open(MONDAY)
    desk.work(MONDAY + HOUR, *UNTIL_RESOLVED[:-1])
    for hours, status in ((1, "resolved"), (2, "in_progress")):
        priority = {"priority": "high"} if status == changed_with else {}
        issue = desk.change(MONDAY + hours * HOUR, status=status, **priority)
    assert (issue.sla_policy, issue.due_at) == ("high", MONDAY + 6 * HOUR)


def test_what_was_resolved_out_of_escalation_goes_on_by_its_own_policy(desk):
    desk.open(MONDAY, priority="high")
    desk.change(MONDAY + HOUR, status="escalated")
    assert desk.change(MONDAY + 3 * HOUR, status="resolved").due_at == MONDAY + 9 * HOUR
    issue = desk.change(MONDAY + 4 * HOUR, status="in_progress")
    assert (issue.sla_policy, issue.due_at) == ("high", MONDAY + 26 * HOUR)


@pytest.fixture
def late(policy, desk):
    """An issue whose priority has no time for the resolution; *high* has four hours."""
    policy(name="low", priority="low", first_response=60)
    policy(name="high", priority="high", resolution=240)
    return desk.open(MONDAY, priority="low")


class TestAResolutionThatIsMeasuredLate:
    def test_counts_from_the_start(self, desk, late):
        assert desk.change(MONDAY + 2 * HOUR, priority="high").due_at == MONDAY + 4 * HOUR

    def test_stands_still_while_it_is_resolved(self, desk, late):
        desk.work(MONDAY + HOUR, *UNTIL_RESOLVED)
        issue = desk.change(MONDAY + 2 * HOUR, priority="high")
        assert (issue.clocks_tell_at, list(stretches(issue))) == (None, [("running", 0), ("resolved", 1)])
        desk.beat(MONDAY + 9 * HOUR)
        assert not Event.objects.filter(name__startswith="sla.").exists()
        assert desk.change(MONDAY + 10 * HOUR, status="in_progress").due_at == MONDAY + 13 * HOUR

    def test_stands_still_while_we_wait_for_the_customer(self, desk, late):
        desk.say(MONDAY + HOUR, "outbound")
        assert desk.change(MONDAY + 2 * HOUR, priority="high").due_at is None
        desk.beat(MONDAY + 9 * HOUR)
        assert not Event.objects.filter(name__startswith="sla.").exists()
        assert desk.say(MONDAY + 10 * HOUR, "inbound").due_at == MONDAY + 13 * HOUR

    @pytest.mark.parametrize("goes_on_with", [{}, {"priority": "high"}], ids=["before", "at once"])
    def test_runs_where_the_issue_came_back_since_we_spoke(self, desk, late, goes_on_with):
        desk.say(MONDAY + HOUR / 2, "outbound")
        desk.work(MONDAY + HOUR, *UNTIL_RESOLVED)
        desk.change(MONDAY + 2 * HOUR, status="in_progress", **goes_on_with)
        issue = desk.change(MONDAY + 3 * HOUR, priority="high")
        assert (issue.due_at, list(stretches(issue))) == (MONDAY + 4 * HOUR, [("running", 0)])

    def test_waits_where_we_spoke_after_the_issue_had_come_back(self, desk, late):
        desk.work(MONDAY + HOUR, *UNTIL_RESOLVED, "in_progress")
        desk.say(MONDAY + 2 * HOUR, "outbound")
        issue = desk.change(MONDAY + 3 * HOUR, priority="high")
        assert list(stretches(issue)) == [("running", 0), ("waiting_for_customer", 2)]

    def test_does_not_begin_on_what_is_closed(self, desk, late):
        issue = desk.work(MONDAY + HOUR, *UNTIL_RESOLVED, "closed")
        issue.priority = "high"
        measure = Measure(issue)
        measure.looked_different(MONDAY + 2 * HOUR)
        assert measure.open() == []


def test_business_hours_are_those_of_the_store(policy, desk):
    policy(resolution=480, in_business_hours=True)
    HoursFactory(time_zone="UTC")
    HoursFactory(store=desk.order.store, time_zone="Europe/Berlin", country="DE", part="BE")
    friday_before_easter_monday = datetime(2026, 4, 2, 8, tzinfo=UTC)  # Thursday, 10 in Berlin; Good Friday follows
    assert desk.open(friday_before_easter_monday).due_at == datetime(2026, 4, 7, 8, tzinfo=UTC)


def test_an_issue_from_before_there_were_clocks_gets_them_where_it_matters(desk, order):
    desk.issue = IssueFactory(order=order, created_at=MONDAY, sla_policy="medium", due_at=MONDAY)
    assert desk.say(MONDAY, "inbound").clocks == []
    assert desk.change(MONDAY + HOUR, priority="critical").due_at == MONDAY + 4 * HOUR


def test_the_audit_of_a_measured_issue_is_unbroken(desk):
    desk.open(MONDAY)
    desk.say(MONDAY + HOUR, "outbound")
    desk.change(MONDAY + 2 * HOUR, status="escalated")
    issue = desk.beat(MONDAY + 200 * HOUR)
    assert list(broken_links(issue)) == []
