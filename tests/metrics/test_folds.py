"""Months that are folded say what their milestones say, and are unfolded by what comes late."""

import random

import pytest
from django.core.management import call_command

from common import clock
from issues.actions.create import create_issue
from issues.metrics.folds import fold_months
from issues.metrics.question import FILTERS, GROUPS
from issues.models import Fold, FoldedMonth, Milestone, MilestoneKind, Team
from issues.workflow import IssueType, Priority, Status
from tests.factories import OrderFactory, StoreFactory
from tests.metrics.conftest import at, tell

pytestmark = pytest.mark.django_db

LATER = at(100)  # in September
LONG = {"from": "2026-05-20", "to": "2026-09-05"}
STATUSES = list(Status)


def fold_all() -> None:
    with clock.as_if_at(LATER):
        while fold_months():
            pass


@pytest.fixture
def lived(issue):
    """400 facts of two stores and teams, from June to September, by a seeded hand."""
    chance = random.Random(7)
    stores, teams = StoreFactory.create_batch(2), [Team.objects.create(name=name) for name in ("North", "South")]
    places = [
        {"store_id": store.pk, "team_id": team, "issue_type": kind, "priority": priority}
        for store in stores
        for team in (teams[0].pk, teams[1].pk, None)
        for kind in IssueType.values
        for priority in Priority.values
    ]
    Milestone.objects.bulk_create(
        a_fact(number, issue, at(1 + chance.randrange(95)), chance, chance.choice(places)) for number in range(400)
    )
    return stores


def a_fact(number: int, issue, when, chance: random.Random, place: dict) -> Milestone:
    fact = Milestone(issue=issue, audit_row=number, at=when, on=when.date(), **place)
    fact.kind = chance.choice(MilestoneKind.values)
    fact.backlog = chance.choice((-1, 0, 1))
    fact.seconds, fact.business_seconds = chance.randrange(9**6), chance.randrange(9**5)
    fact.satisfied = chance.choice((True, False)) if fact.kind == MilestoneKind.ANSWERED else None
    if fact.kind == MilestoneKind.STEPPED:
        fact.status_before, fact.status_after = chance.sample(STATUSES, 2)
        fact.age, fact.business_age = chance.randrange(9**7), chance.randrange(9**6)
        fact.is_first = chance.random() < 0.5
    return fact


def questions(lived) -> list[dict[str, str]]:
    some = {"store": str(lived[0].pk), "issue_type": "damaged_items,other", "team": "North,none", "priority": "high"}
    narrowed = [{}, *({name: some[name]} for name in FILTERS), {"store": some["store"], "priority": "high"}]
    return [{**LONG, **each, "group_by": group_by} for each in narrowed for group_by in ("", *GROUPS)]


def test_every_figure_is_the_same_from_folds_as_from_the_milestones(desk, lived):
    asked = questions(lived)
    before = [desk.figures(LATER, **each) for each in asked]
    fold_all()
    assert FoldedMonth.objects.filter(is_folded=True).count() == 3
    for each, figures in zip(asked, before, strict=True):
        differing = {name for name, value in desk.figures(LATER, **each).items() if value != figures[name]}
        assert not differing - {"complete_until"}, each


def test_whole_months_are_read_from_their_folds_alone(desk, lived):
    whole = {"from": "2026-06-01", "to": "2026-08-31"}
    before = desk.figures(LATER, **whole)
    fold_all()
    Milestone.objects.filter(on__lte="2026-08-31").update(kind="moved", backlog=0)
    after = desk.figures(LATER, **whole)
    assert before["created"] > 0
    for name in ("created", "resolved", "days", "statuses", "first_resolution", "satisfaction"):
        assert after[name] == before[name]


def test_the_month_that_is_not_over_is_never_folded(desk):
    desk.open(at(3))
    with clock.as_if_at(at(28)):
        assert not fold_months()
    assert not Fold.objects.exists()


def test_what_comes_late_unfolds_its_month_until_it_is_folded_again(desk, lived):
    fold_all()
    before = desk.figures(LATER, **LONG)["created"]
    with clock.as_if_at(at(40)):
        create_issue(OrderFactory().pk, {"issue_type": "other", "description": "Late."}, actor=desk.actor)
    with clock.as_if_at(LATER):
        tell()
    late = FoldedMonth.objects.filter(is_folded=False)
    assert [each.month.month for each in late] == [7]
    assert desk.figures(LATER, **LONG)["created"] == before + 1
    fold_all()
    assert not FoldedMonth.objects.filter(is_folded=False).exists()
    assert desk.figures(LATER, **LONG)["created"] == before + 1


def test_reading_the_audit_anew_forgets_the_folds(desk):
    desk.update(desk.open(at(3)), at(9), status="investigating")
    fold_all()
    assert Fold.objects.exists()
    before = desk.figures(LATER, **LONG)
    call_command("rebuild_figures")
    assert not Fold.objects.exists()
    assert {**desk.figures(LATER, **LONG), "complete_until": 0} == {**before, "complete_until": 0}
