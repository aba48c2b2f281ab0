"""A desk whose time can be set, and policies of one's own."""

from datetime import UTC, datetime

import pytest

from accounts.actor import Actor
from common import clock
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.tell_deadlines import tell_some_deadlines
from issues.actions.tell_follow_ups import tell_some_follow_ups
from issues.actions.update import update_issue
from issues.models import Issue, SlaPolicy
from tests.factories import AuditedFactory

MONDAY = datetime(2026, 6, 15, 9, tzinfo=UTC)
NEW = {"issue_type": "other", "description": "Something."}


class PolicyFactory(AuditedFactory):
    class Meta:
        model = SlaPolicy

    name = "mine"
    in_business_hours = False


@pytest.fixture
def policy(db):
    """Makes one; with the first of them the hours of the settings count no more."""
    return PolicyFactory


class Desk:
    """Deeds of one agent, each at its moment."""

    def __init__(self, order, agent) -> None:
        self.order, self.actor = order, Actor(employee=agent, via="api", request_id="test")
        self.issue: Issue | None = None

    def open(self, at, **new) -> Issue:
        with clock.as_if_at(at):
            self.issue = create_issue(self.order.pk, NEW | new, actor=self.actor)
        return self.issue

    def change(self, at, **changes) -> Issue:
        with clock.as_if_at(at):
            update_issue(self.order.pk, self.issue.pk, {"notes": "So.", **changes}, actor=self.actor)
        return self.now()

    def work(self, at, *statuses) -> Issue:
        for status in statuses:
            self.change(at, status=status)
        return self.issue

    def say(self, at, direction, **word) -> Issue:
        word = {"channel": "phone", "direction": direction, "body": "Hello.", **word}
        with clock.as_if_at(at):
            add_communication(self.order.pk, self.issue.pk, word, actor=self.actor)
        return self.now()

    def beat(self, at) -> Issue:
        with clock.as_if_at(at):
            tell_some_deadlines(actor=Actor.system("test"))
            tell_some_follow_ups(actor=Actor.system("test"))
        return self.now()

    def now(self) -> Issue:
        self.issue = Issue.objects.get(pk=self.issue.pk)
        return self.issue


@pytest.fixture
def desk(order, max_):
    return Desk(order, max_)
