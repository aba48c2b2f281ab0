"""Many at once on one issue: nothing is lost and nothing is decided twice, and without the lock it would be."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction

from accounts.actor import Actor
from common import clock
from issues.actions import close_stale
from issues.actions.add_communication import add_communication
from issues.actions.close_stale import close_stale_issues
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.errors import ApprovalAlreadyDecided
from issues.models import Issue, Note
from issues.models.issue import IssueQuerySet
from tests.concurrency.together import all_at_once
from tests.factories import EmployeeFactory, IssueFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def actor_of(employee) -> Actor:
    return Actor(employee=employee, via="api", request_id="race")


def forty_notes(issue):
    alice, bob = EmployeeFactory(), EmployeeFactory()

    def add_note(number):
        changes = {"notes": f"note {number}"}
        update_issue(issue.order_id, issue.pk, changes, actor=actor_of(alice if number % 2 else bob))

    return all_at_once(40, add_note)


def test_forty_notes_of_two_agents_are_all_kept_and_each_is_a_version():
    issue = IssueFactory()
    assert forty_notes(issue) == [None] * 40
    issue.refresh_from_db()
    assert issue.version == 41
    assert Note.objects.count() == 40
    assert sorted(issue.history.values_list("version", flat=True)) == list(range(1, 42))


@pytest.mark.postgresql
def test_control_without_the_lock_versions_are_lost():
    issue = IssueFactory()

    def read_without_lock(self, order_id, issue_id):
        return self.select_related("order").filter(pk=issue_id, order=order_id).first()

    with mock.patch.object(IssueQuerySet, "lock", read_without_lock):
        forty_notes(issue)
    assert Issue.objects.get(pk=issue.pk).version < 41


def ten_deciders(approval):
    deciders = [EmployeeFactory(role="Manager") for _ in range(10)]

    def decide(number):
        decision = "approved" if number % 2 else "rejected"
        return decide_approval(approval.pk, decision, actor=actor_of(deciders[number]), note="Mine.").decided_by_id

    return all_at_once(10, decide)


def test_of_many_deciders_one_wins_and_the_others_hear_that_it_is_decided():
    issue = IssueFactory(status="closed")
    approval = update_issue(issue.order_id, issue.pk, {"status": "open"}, actor=actor_of(EmployeeFactory())).approval
    outcomes = ten_deciders(approval)
    approval.refresh_from_db()
    assert [each for each in outcomes if not isinstance(each, Exception)] == [approval.decided_by_id]
    assert sum(isinstance(each, ApprovalAlreadyDecided) for each in outcomes) == 9
    assert approval.history.count() == 2


def call_while_the_desk_closes(issue):
    """The desk comes when the customer's call is written and not yet committed."""
    word = {"channel": "phone", "direction": "inbound", "body": "It broke again."}
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        add_communication(issue.order_id, issue.pk, word, actor=actor_of(EmployeeFactory()))
        closing = pool.submit(all_at_once, 1, lambda _: close_stale_issues(actor=Actor.system("close-stale-issues")))
        time.sleep(0.3)
    return closing.result(timeout=10)


@pytest.fixture
def stale():
    return IssueFactory(status="resolved", resolved_at=clock.now() - timedelta(days=8))


@pytest.mark.postgresql
def test_an_issue_whose_customer_calls_while_it_is_closed_stays_open(stale):
    assert call_while_the_desk_closes(stale) == [0]
    stale.refresh_from_db()
    assert (stale.status, stale.version) == ("resolved", 1)


@pytest.mark.postgresql
def test_control_without_a_second_look_it_is_closed(stale):
    with mock.patch.object(close_stale, "stale_issues", return_value=Issue.objects.filter(status="resolved")):
        assert call_while_the_desk_closes(stale) == [1]
    stale.refresh_from_db()
    assert stale.status == "closed"
