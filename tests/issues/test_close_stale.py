"""Contract 5.1: what is resolved and quiet for seven days is closed by the system, with a note that says so."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actor import Actor
from common import clock
from issues.actions.close_stale import close_stale_issues
from tests.factories import IssueFactory

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


def close_at(at: datetime) -> int:
    with clock.as_if_at(at):
        return close_stale_issues(actor=Actor.system("close-stale-issues"))


def test_it_is_closed_once_by_the_system_and_says_why(db):
    issue = IssueFactory(status="resolved", resolved_at=NOON)
    assert close_at(NOON + WEEK - SECOND) == 0
    assert [close_at(NOON + WEEK), close_at(NOON + WEEK)] == [1, 0]
    issue.refresh_from_db()
    assert (issue.status, issue.version, issue.closed_at) == ("closed", 2, NOON + WEEK)
    assert "no contact with the customer for 7 days" in issue.notes.get().body
    assert issue.history.latest("history_id").via == "system"


@pytest.mark.parametrize(
    "state",
    [
        {"status": "resolved", "resolved_at": NOON, "last_contact_at": NOON + SECOND},
        {"status": "resolved", "resolved_at": NOON + SECOND},
        {"status": "in_progress"},
    ],
)
def test_what_is_not_quiet_or_not_resolved_stays(db, state):
    issue = IssueFactory(**state)
    assert close_at(NOON + WEEK) == 0
    issue.refresh_from_db()
    assert (issue.status, issue.version, issue.notes.count()) == (state["status"], 1, 0)
