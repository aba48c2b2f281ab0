"""The model's methods make the matrix of the contract, and nothing goes around them."""

import pytest
from django.db import IntegrityError, transaction

from common.context import writing_as
from common.errors import NoActor
from issues.models import Issue
from issues.policy import STEPS, next_statuses
from tests.contract.tables import STATUSES, WORKFLOW


def test_seven_methods_make_exactly_the_contracts_steps():
    assert {status: next_statuses(status) for status in STATUSES} == WORKFLOW
    assert len(set(STEPS.values())) == 7


def test_status_can_not_be_assigned(issue):
    with pytest.raises(AttributeError):
        issue.status = "closed"


def test_status_can_not_be_assigned_after_a_refresh_or_a_failed_one(issue):
    issue.refresh_from_db()
    with pytest.raises(Issue.DoesNotExist):
        Issue(pk=Issue().pk).refresh_from_db()
    with pytest.raises(AttributeError):
        issue.status = "closed"
    assert Issue._meta.get_field("status").protected


def test_a_refresh_reads_the_new_status_and_keeps_what_was_not_asked_for(issue):
    Issue.objects.filter(pk=issue.pk).update(status="resolved", priority="high")
    issue.refresh_from_db(fields=["priority"])
    assert (issue.status, issue.priority) == ("open", "high")
    issue.refresh_from_db()
    assert issue.status == "resolved"


def test_the_database_knows_the_names_of_the_statuses(issue):
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(status="done")


def test_without_an_actor_nothing_is_written(issue):
    with pytest.raises(NoActor):
        issue.save()
    assert issue.history.count() == 1


def test_the_context_of_one_write_does_not_leak_into_the_next(issue, alice, as_):
    with writing_as(as_(alice).origin):
        issue.save()
    with pytest.raises(NoActor):
        issue.save()
    assert issue.history.first().history_user == alice
