"""Where a new issue goes: a pure decision, and never to who can't see it."""

import pytest

from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import RoutingRule, Team
from issues.routing import choose_assignee, choose_team
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory

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


@pytest.fixture
def team_of_another_store(db):
    team = TeamFactory()
    team.stores.add(StoreFactory(), StoreFactory())
    EmployeeFactory(team=team)
    return team


def test_no_team_of_other_stores_gets_it_whatever_the_rules_say(team_of_another_store, alice, as_):
    everywhere = TeamFactory()
    for team in (team_of_another_store, everywhere):
        RoutingRule.objects.create(team=team)
    issue = create_issue(OrderFactory().pk, {"issue_type": "other", "description": "x"}, actor=as_(alice))
    assert (issue.assigned_team, issue.assigned_to) == (everywhere, None)
    theirs = OrderFactory(store=team_of_another_store.stores.first())
    issue = create_issue(theirs.pk, {"issue_type": "other", "description": "x"}, actor=as_(alice))
    assert (issue.assigned_team, issue.assigned_to) == (team_of_another_store, team_of_another_store.members.get())


def test_an_escalation_goes_to_no_team_that_does_not_see_it(team_of_another_store, sofia, as_):
    team_of_another_store.takes_escalations = True
    team_of_another_store.save()
    issue = IssueFactory()
    update_issue(issue.order_id, issue.pk, {"status": "escalated"}, actor=as_(sofia))
    issue.refresh_from_db()
    assert (issue.status, issue.assigned_team) == ("escalated", None)
