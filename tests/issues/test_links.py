"""Links between issues: one between two, seen from both, never to what somebody does not see."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from common.audit import broken_links
from common.errors import NotFound, PermissionDenied, ValidationFailed
from events.models import Event
from issues.actions.link import link_issues, remove_link
from issues.models import Issue, IssueLink, LinkKind
from issues.story import story_of
from issues.timeline import entries_of
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens


@pytest.fixture
def other(order):
    return IssueFactory(order=order)


@pytest.fixture
def third(order):
    return IssueFactory(order=order)


@pytest.fixture
def link(as_, alice):
    """``link(issue, kind, other)``: by Alice."""
    return lambda issue, kind, other: link_issues(issue.order_id, issue.pk, kind, other.number, actor=as_(alice))


@pytest.fixture
def elsewhere(db):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    return EmployeeFactory(team=team)


def deeds(issue) -> list[str]:
    passages, _ = story_of(Issue.objects.get(pk=issue.pk))
    return [part.deed for passage in reversed(passages) for part in passage.parts][1:]


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("duplicate_of", "marked it as a duplicate of {}", "marked {} as a duplicate of this"),
        ("related", "linked it to {}", "linked it to {}"),
        ("caused_by", "noted that {} caused this", "noted that this caused {}"),
    ],
)
def test_both_issues_tell_of_a_link_each_in_its_own_words(link, issue, other, kind, here, there):
    link(issue, kind, other)
    assert deeds(issue) == [here.format(other.number)]
    assert deeds(other) == [there.format(issue.number)]


def test_a_link_that_is_removed_stays_as_a_row_with_an_unbroken_audit(link, issue, other, alice, as_):
    made = link(issue, "related", other)
    remove_link(other.order_id, other.pk, made.pk, actor=as_(alice))
    row = IssueLink.objects.get()
    assert row.removed_at
    assert row.history.count() == 2
    assert not list(broken_links(row))
    assert deeds(other)[-1] == f"removed the link to {issue.number}"
    assert [event.name for event in Event.objects.order_by("pk")] == ["issue.linked", "issue.unlinked"]
    link(issue, "caused_by", other)


def test_removing_it_twice_is_removing_it_once(link, issue, other, alice, as_):
    made = link(issue, "related", other)
    remove_link(issue.order_id, issue.pk, made.pk, actor=as_(alice))
    with nothing_happens():
        remove_link(issue.order_id, issue.pk, made.pk, actor=as_(alice))


def refused(link, issue, kind, other) -> str:
    before = IssueLink.objects.count()
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        link(issue, kind, other)
    assert IssueLink.objects.count() == before
    return " ".join(refusal.value.errors["number"])


def test_no_issue_is_linked_to_itself(link, issue):
    assert "itself" in refused(link, issue, "related", issue)


@pytest.mark.parametrize("kind", LinkKind.values)
def test_there_is_one_link_between_two_issues_whichever_way_round(link, issue, other, kind):
    link(issue, "related", other)
    assert "linked already" in refused(link, issue, kind, other)
    assert "linked already" in refused(link, other, kind, issue)


def test_a_duplicate_is_no_original_so_that_there_are_no_circles(link, issue, other, third):
    link(issue, "duplicate_of", other)
    assert "duplicate of" in refused(link, third, "duplicate_of", issue)
    assert "other way round" in refused(link, other, "duplicate_of", third)
    assert other.number in refused(link, issue, "duplicate_of", third)
    link(third, "duplicate_of", other)


def test_the_database_refuses_what_a_fault_of_ours_would_allow(link, issue, other, third, alice):
    link(issue, "duplicate_of", other)
    for row in (
        IssueLink(issue=other, other=issue, kind="related"),
        IssueLink(issue=issue, other=third, kind="duplicate_of"),
        IssueLink(issue=third, other=third, kind="related"),
        IssueLink(issue=third, other=other, kind="related", status_before="open"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssueLink.objects.bulk_create([row])


def test_an_issue_of_a_store_that_is_not_seen_is_no_such_issue(issue, elsewhere, as_):
    mine = IssueFactory(order=OrderFactory(store=elsewhere.team.stores.get()))
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        link_issues(mine.order_id, mine.pk, "related", issue.number, actor=as_(elsewhere))
    with pytest.raises(ValidationFailed) as unknown:
        link_issues(mine.order_id, mine.pk, "related", "ISS-2026-999999", actor=as_(elsewhere))
    assert refusal.value.errors == unknown.value.errors


def test_a_link_to_another_store_is_seen_and_removed_only_by_those_who_see_both(issue, link, elsewhere, as_):
    mine = IssueFactory(order=OrderFactory(store=elsewhere.team.stores.get()))
    made = link(mine, "related", issue)
    with nothing_happens(), pytest.raises(NotFound):
        remove_link(mine.order_id, mine.pk, made.pk, actor=as_(elsewhere))
    entries, _ = entries_of(Issue.objects.get(pk=mine.pk))
    assert [entry.type for entry in entries] == ["created"]
    assert not IssueLink.objects.visible_to(as_(elsewhere).grants).exists()


def test_a_link_of_other_issues_is_none_of_this_one(link, issue, other, third, alice, as_):
    made = link(issue, "related", other)
    for link_id, where in ((made.pk, third), (uuid.uuid4(), issue)):
        with nothing_happens(), pytest.raises(NotFound):
            remove_link(where.order_id, where.pk, link_id, actor=as_(alice))


def test_linking_needs_the_permission_to_work_on_issues(issue, other, as_):
    reader = EmployeeFactory()
    reader.groups.clear()
    with nothing_happens(), pytest.raises(PermissionDenied):
        link_issues(issue.order_id, issue.pk, "related", other.number, actor=as_(reader))
