"""Pure decisions: where a new issue goes, and by when it is due."""

from datetime import UTC, datetime, timedelta

import pytest

from issues import sla
from issues.models import Issue, RoutingRule, Team
from issues.routing import choose_assignee, choose_team

PAYMENTS, BREAKAGE, REST = Team(name="payments"), Team(name="breakage"), Team(name="rest")
RULES = [
    RoutingRule(issue_type="payment_issue", priority="critical", team=PAYMENTS),
    RoutingRule(issue_type="damaged_items", store_id="s1", team=BREAKAGE),
    RoutingRule(team=REST),
]
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("issue_type", "priority", "store", "team"),
    [
        ("payment_issue", "critical", "s9", PAYMENTS),
        ("payment_issue", "high", "s9", REST),
        ("damaged_items", "low", "s1", BREAKAGE),
        ("damaged_items", "low", "s2", REST),
    ],
)
def test_the_first_fitting_rule_decides(issue_type, priority, store, team):
    assert choose_team(RULES, issue_type=issue_type, priority=priority, store=store) is team


def test_without_a_fitting_rule_there_is_no_team():
    assert choose_team(RULES[:2], issue_type="other", priority="low", store="s1") is None


def test_the_least_loaded_gets_it_and_of_equals_the_first():
    assert choose_assignee({7: 2, 3: 1, 5: 1}) == 3
    assert choose_assignee({}) is None


def test_a_switch_of_the_clock_counts_from_when_it_was_started():
    issue = Issue(created_at=NOON)
    sla.start_clock(issue, "medium", since=NOON)
    assert issue.due_at == NOON + timedelta(hours=72)
    sla.switch_clock(issue, "critical")
    assert (issue.sla_policy, issue.due_at) == ("critical", NOON + timedelta(hours=4))


@pytest.mark.parametrize(("hours_to_resolution", "breached"), [(3, False), (4, False), (5, True), (None, True)])
def test_a_breach_is_a_late_resolution_or_none_in_time(hours_to_resolution, breached):
    issue = Issue(created_at=NOON)
    sla.start_clock(issue, "critical", since=NOON)
    if hours_to_resolution:
        issue.resolved_at = NOON + timedelta(hours=hours_to_resolution)
    assert sla.is_breached(issue, at=NOON + timedelta(days=2)) is breached
