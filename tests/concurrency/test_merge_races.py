"""Two issues that are merged into each other at once, in circles, and a merge that is undone twice."""

import pytest

from accounts.actor import Actor
from common.audit import broken_links
from common.errors import NotFound, ValidationFailed
from issues.actions.link import link_issues
from issues.actions.merge import merge_issue, undo_merge
from issues.actions.tag import MOST, change_tags
from issues.models import Issue, IssueLink
from tests.concurrency.together import all_at_once
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def alice_acts(db):
    return Actor(employee=EmployeeFactory(), via="web")


@pytest.fixture
def ring(db):
    """Three issues of one customer, each on an order of its own."""
    first = IssueFactory()
    orders = [OrderFactory(store=first.order.store, customer=first.order.customer) for _ in range(2)]
    return [first, *(IssueFactory(order=order) for order in orders)]


def test_of_issues_merged_in_a_circle_at_once_some_survive(ring, alice_acts):
    def merge(number):
        issue, into = ring[number % 3], ring[(number + (1 if number < 3 else 2)) % 3]
        return merge_issue(issue.order_id, issue.pk, into.number, actor=alice_acts)

    results = all_at_once(6, merge)
    assert all(isinstance(result, IssueLink | ValidationFailed) for result in results), results
    links = IssueLink.objects.in_effect()
    assert 1 <= links.count() <= 2
    assert not set(links.values_list("issue", flat=True)) & set(links.values_list("other", flat=True))
    merged = Issue.objects.filter(status="resolved")
    assert set(merged) == {link.issue for link in links}
    assert not [fault for issue in Issue.objects.all() for fault in broken_links(issue)]


def test_two_issues_are_linked_once_from_whichever_side(ring, alice_acts):
    def link(number):
        one, other = ring[number % 2], ring[(number + 1) % 2]
        return link_issues(one.order_id, one.pk, "related", other.number, actor=alice_acts)

    results = all_at_once(8, link)
    assert sum(isinstance(result, IssueLink) for result in results) == IssueLink.objects.count() == 1
    assert all(isinstance(result, IssueLink | ValidationFailed) for result in results), results


def test_a_merge_is_undone_once(ring, alice_acts):
    duplicate, survivor, _ = ring
    merge_issue(duplicate.order_id, duplicate.pk, survivor.number, actor=alice_acts)
    results = all_at_once(6, lambda number: undo_merge(duplicate.order_id, duplicate.pk, actor=alice_acts))
    assert sum(isinstance(result, IssueLink) for result in results) == 1
    assert all(isinstance(result, IssueLink | NotFound) for result in results), results
    assert Issue.objects.get(pk=duplicate.pk).status == "open"


def test_the_limit_of_tags_holds_however_many_put_them_on(ring, alice_acts):
    def put(number):
        return change_tags(ring[0].order_id, ring[0].pk, add=[f"tag{number}"], actor=alice_acts)

    all_at_once(MOST + 6, put)
    assert ring[0].tags.on().count() == MOST
