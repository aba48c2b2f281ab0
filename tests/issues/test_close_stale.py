"""Contract 5.1: what is resolved and quiet for seven days is closed by the system, with a note that says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from accounts.actor import Actor
from common import clock
from issues.actions import close_stale
from issues.actions.add_communication import add_communication
from issues.actions.close_stale import close_stale_issues
from issues.actions.update import update_issue
from issues.models import Issue
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


def test_one_that_cannot_be_closed_keeps_nobody_behind_it_open(db, monkeypatch):
    first, second = IssueFactory.create_batch(2, status="resolved", resolved_at=NOON)

    def refused_by_the_database(order_id, issue_id, *args, **kwargs):
        if issue_id == first.pk:
            raise IntegrityError
        return update_issue(order_id, issue_id, *args, **kwargs)

    monkeypatch.setattr(close_stale, "update_issue", refused_by_the_database)
    assert close_at(NOON + WEEK) == 1
    assert list(Issue.objects.filter(status="closed")) == [second]


@pytest.fixture
def meanwhile(monkeypatch):
    """``meanwhile(deed)``: while one of two stale issues is closed, ``deed`` is done to the other."""
    IssueFactory.create_batch(2, status="resolved", resolved_at=NOON)

    def between(deed):
        def close_and_do(order_id, issue_id, *args, **kwargs):
            updated = update_issue(order_id, issue_id, *args, **kwargs)
            if others := Issue.objects.exclude(pk=issue_id).filter(status="resolved", version=1):
                deed(others.get())
            return updated

        monkeypatch.setattr(close_stale, "update_issue", close_and_do)

    return between


def call_of_the_customer(agent, **word):
    word = {"channel": "phone", "direction": "inbound", "body": "It broke again.", **word}
    return lambda issue: add_communication(issue.order_id, issue.pk, word, actor=agent)


def test_an_issue_whose_customer_calls_meanwhile_stays(meanwhile, alice, as_):
    meanwhile(call_of_the_customer(as_(alice)))
    assert close_at(NOON + WEEK) == 1
    called = Issue.objects.exclude(last_contact_at=None).get()
    assert (called.status, called.version, called.notes.count()) == ("resolved", 1, 0)


def test_one_that_is_resolved_anew_meanwhile_stays(meanwhile, alice, as_):
    def work_on_it(issue):
        for status in ("in_progress", "resolved"):
            changes = {"status": status, "notes": "Once more."}
            update_issue(issue.order_id, issue.pk, changes, actor=as_(alice))

    meanwhile(work_on_it)
    assert close_at(NOON + WEEK) == 1
    assert Issue.objects.get(version=3).status == "resolved"


def test_control_a_word_of_long_ago_that_is_written_down_meanwhile_keeps_nothing_open(meanwhile, alice, as_):
    meanwhile(call_of_the_customer(as_(alice), occurred_at=NOON - SECOND))
    assert close_at(NOON + WEEK) == 2
    assert Issue.objects.filter(status="closed").count() == 2
