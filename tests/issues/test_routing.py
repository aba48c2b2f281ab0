"""A pure decision: where a new issue goes."""

import pytest

from issues.models import RoutingRule, Team
from issues.routing import choose_assignee, choose_team

PAYMENTS, BREAKAGE, REST = Team(name="payments"), Team(name="breakage"), Team(name="rest")
RULES = [
    RoutingRule(issue_type="payment_issue", priority="critical", team=PAYMENTS),
    RoutingRule(issue_type="damaged_items", store_id="s1", team=BREAKAGE),
    RoutingRule(team=REST),
]


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
