"""Issues that cannot be told keep nobody waiting who stands behind them."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from common import clock
from issues.actions import tell_each as module
from issues.actions.tell_each import tell_each
from tests.factories import IssueFactory

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


@pytest.fixture
def due(monkeypatch):
    """Five, the longest due first; three fit into a batch."""
    monkeypatch.setattr(module, "BATCH", 3)
    return [IssueFactory(due_at=clock.now() - timedelta(hours=hours)) for hours in (5, 4, 3, 2, 1)]


def tell_all_but(broken, told: list):
    def tell(order_id, issue_id, *, actor):
        if issue_id in broken:
            raise RuntimeError("of this one nothing can be told")
        told.append(issue_id)

    return tell


def test_a_batch_of_nothing_else_is_passed_over(due):
    told: list = []
    broken = {issue.pk for issue in due[:3]}
    assert not tell_each("due_at", tell_all_but(broken, told), failure="test.failed", actor=SYSTEM)
    assert told == [due[3].pk, due[4].pk]


def test_a_full_batch_says_that_there_may_be_more(due):
    told: list = []
    assert tell_each("due_at", tell_all_but({due[0].pk}, told), failure="test.failed", actor=SYSTEM)
    assert told == [due[1].pk, due[2].pk]


def test_where_none_can_be_told_it_ends(due):
    told: list = []
    everyone = {issue.pk for issue in due}
    assert not tell_each("due_at", tell_all_but(everyone, told), failure="test.failed", actor=SYSTEM)
    assert told == []
