"""Issues that live through a June, and the figures of it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actor import Actor
from common import clock
from events.deliver import deliver_events
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.metrics.question import question_of
from issues.metrics.resolution import resolution
from tests.factories import OrderFactory

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
JUNE = {"from": "2026-06-01", "to": "2026-06-30"}
NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)
HOUR = 3600


def at(day: int, hour: float = 12) -> datetime:
    """The day of June, which begins on a Monday."""
    return MONDAY + timedelta(days=day - 1, hours=hour)


def tell() -> None:
    """What the worker does."""
    while deliver_events():
        pass


class Desk:
    """Does what people do, at its time, and lets the worker hear of it."""

    def __init__(self, max_) -> None:
        self.actor = Actor(employee=max_, via="api", request_id="test")

    def open(self, when, *, order=None, **new):
        with clock.as_if_at(when):
            new = {"issue_type": "damaged_items", "description": "Broken.", **new}
            issue = create_issue((order or OrderFactory()).pk, new, actor=self.actor)
            tell()
        return issue

    def update(self, issue, when, **changes):
        if "status" in changes or "priority" in changes:
            changes = {"notes": "So.", **changes}
        with clock.as_if_at(when):
            updated = update_issue(issue.order_id, issue.pk, changes, actor=self.actor)
            tell()
        return updated

    def walk(self, issue, when, *statuses):
        """Through several statuses at once."""
        for status in statuses:
            self.update(issue, when, status=status)

    def answer(self, issue, when, **word):
        word = {"channel": "email", "direction": "outbound", "body": "Hello.", **word}
        with clock.as_if_at(when):
            add_communication(issue.order_id, issue.pk, word, actor=self.actor)
            tell()

    def figures(self, when=NOW, **asked_for):
        with clock.as_if_at(when):
            return resolution(question_of({**JUNE, **asked_for}, self.actor))


@pytest.fixture
def desk(max_):
    return Desk(max_)
