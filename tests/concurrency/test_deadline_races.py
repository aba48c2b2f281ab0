"""Two schedulers at once: each deadline and each follow-up is told once, and without the lock it would not be."""

from datetime import timedelta
from unittest import mock

import pytest

from accounts.actor import Actor
from common import clock
from common.context import writing_as
from events.models import Event
from issues.actions.create import create_issue
from issues.actions.tell_deadlines import tell_deadlines
from issues.actions.tell_follow_ups import tell_follow_up
from issues.actions.update import update_issue
from issues.models import Issue, Note, SlaPolicy
from issues.models.issue import IssueQuerySet
from tests.concurrency.together import all_at_once
from tests.factories import EmployeeFactory, OrderFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

BEATS = 8


def late_issue() -> Issue:
    with writing_as(Actor.system("test").origin):
        for priority in ("medium", "critical"):
            SlaPolicy.objects.create(
                priority=priority, resolution=60, in_business_hours=False, rule_at=100, rule_priority="critical"
            )
    order, agent = OrderFactory(), EmployeeFactory()
    actor = Actor(employee=agent, via="api", request_id="race")
    at = clock.now() - timedelta(days=10)
    with clock.as_if_at(at):
        issue = create_issue(order.pk, {"issue_type": "other", "description": "Torn."}, actor=actor)
        update_issue(order.pk, issue.pk, {"follow_up_date": at + timedelta(hours=1)}, actor=actor)
    return issue


def beat_at_once(issue: Issue) -> list:
    def beat(number: int) -> None:
        tell_deadlines(issue.order_id, issue.pk, actor=Actor.system("beat"))
        tell_follow_up(issue.order_id, issue.pk, actor=Actor.system("beat"))

    return all_at_once(BEATS, beat)


def told(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_many_beats_tell_each_once_and_follow_its_policy_once():
    issue = late_issue()
    assert beat_at_once(issue) == [None] * BEATS
    assert (told("sla.breached"), told("issue.follow_up_due")) == (2, 1)  # that of medium, then that of critical
    assert Note.objects.filter(issue=issue).count() == 1


@pytest.mark.postgresql
def test_control_without_the_lock_they_are_told_again():
    issue = late_issue()

    def read_without_lock(self, order_id, issue_id):
        return self.select_related("order").filter(pk=issue_id, order=order_id).first()

    with mock.patch.object(IssueQuerySet, "lock", read_without_lock):
        beat_at_once(issue)
    assert told("issue.follow_up_due") > 1
