"""Merging duplicates: by legal steps, with nothing moved or deleted, told in the survivor's story, and undone."""

from decimal import Decimal
from itertools import pairwise

import pytest

from common import clock
from common.audit import broken_links
from common.errors import NotFound, PermissionDenied, ValidationFailed
from events.models import Delivery, Event
from issues.actions.add_communication import add_communication
from issues.actions.link import link_issues, remove_link
from issues.actions.merge import merge_issue, undo_merge
from issues.actions.update import update_issue
from issues.errors import StaleIssue
from issues.models import Issue, IssueLink
from issues.notifications import tell_customer
from issues.policy import STEPS
from issues.story import story_of
from issues.timeline import entries_of
from tests.factories import CustomerFactory, IssueFactory, OrderFactory, StoreFactory
from tests.untouched import nothing_happens


@pytest.fixture
def survivor(order):
    return IssueFactory(order=order, status="in_progress")


@pytest.fixture
def merge(as_, alice):
    def merge(duplicate, survivor, by=alice, **more):
        return merge_issue(duplicate.order_id, duplicate.pk, survivor.number, actor=as_(by), **more)

    return merge


@pytest.fixture
def undo(as_, alice):
    return lambda duplicate, by=alice: undo_merge(duplicate.order_id, duplicate.pk, actor=as_(by))


def now(issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


def statuses(issue) -> list[str]:
    """From the audit, without repetition."""
    rows = issue.history.order_by("history_id").values_list("status", flat=True)
    return [status for position, status in enumerate(rows) if position == 0 or rows[position - 1] != status]


@pytest.mark.parametrize("status", ["open", "investigating", "in_progress"])
def test_an_agent_merges_by_legal_steps_and_undoes_it_by_legal_steps(merge, undo, order, survivor, status):
    duplicate = IssueFactory(order=order, status=status)
    merge(duplicate, survivor)
    assert now(duplicate).status == "resolved"
    undo(duplicate)
    assert now(duplicate).status == status
    taken = statuses(duplicate)
    assert all(step in STEPS for step in pairwise(taken))
    assert not list(broken_links(now(duplicate)))


def test_what_survives_stays_as_it_is(merge, issue, survivor):
    before = Issue.objects.filter(pk=survivor.pk).values().get()
    merge(issue, survivor)
    assert Issue.objects.filter(pk=survivor.pk).values().get() == before


def test_notes_words_and_refunds_stay_on_the_duplicate_and_the_survivor_tells_them(merge, issue, survivor, alice, as_):
    changes = {"notes": "Cracked lid.", "refund_amount": Decimal(5), "refund_source": "merchant"}
    update_issue(issue.order_id, issue.pk, changes, actor=as_(alice))
    word = {"channel": "email", "direction": "inbound", "body": "Where is it?"}
    add_communication(issue.order_id, issue.pk, word, actor=as_(alice))
    merge(issue, survivor)
    assert (issue.notes.count(), issue.communications.count(), issue.refunds.count()) == (2, 1, 1)
    assert not survivor.notes.exists()
    told = {entry.data.get("body"): entry.data for entry in entries_of(now(survivor))[0] if "body" in entry.data}
    assert told["Cracked lid."]["merged_from"] == told["Where is it?"]["merged_from"] == issue.number
    words = [part.deed for passage in story_of(now(survivor))[0] for part in passage.parts]
    assert f"merged {issue.number} into this" in words
    assert f"noted on {issue.number}" in words
    assert "merged_from" not in str([entry.data for entry in entries_of(now(issue))[0]])


def test_pages_of_the_survivors_timeline_have_each_entry_once(merge, issue, survivor, alice, as_):
    for number in range(7):
        each = [issue, survivor][number % 2]
        update_issue(each.order_id, each.pk, {"notes": f"note {number}"}, actor=as_(alice))
    merge(issue, survivor)
    whole, _ = entries_of(now(survivor), limit=100)
    pages, after, more = [], None, True
    while more:
        page, more = entries_of(now(survivor), after=after, limit=3)
        pages += page
        after = page[-1].key
    assert [entry.key for entry in pages] == [entry.key for entry in whole]


def test_the_survivor_forgets_the_duplicates_words_when_the_merge_is_undone(merge, undo, issue, survivor):
    merge(issue, survivor)
    undo(issue)
    assert not [entry for entry in entries_of(now(survivor))[0] if "merged_from" in entry.data]
    words = [part.deed for passage in story_of(now(survivor))[0] for part in passage.parts]
    assert f"undid the merge of {issue.number} into this" in words


def test_both_are_news(merge, undo, issue, survivor):
    merge(issue, survivor)
    undo(issue)
    told = Event.objects.filter(name__in=["issue.merged", "issue.unmerged"]).order_by("pk")
    assert [(event.name, event.issue_id, event.data["into"]) for event in told] == [
        ("issue.merged", issue.pk, str(survivor.pk)),
        ("issue.unmerged", issue.pk, str(survivor.pk)),
    ]


def test_the_customer_hears_that_the_other_one_goes_on(merge, issue, survivor):
    merge(issue, survivor)
    tell_customer(Event.objects.get(name="issue.resolved"))
    message = Delivery.objects.get()
    assert message.kind == "customer_merged"
    assert survivor.number in message.text


def test_a_link_as_duplicate_becomes_the_merge(merge, undo, issue, survivor, alice, as_):
    link = link_issues(issue.order_id, issue.pk, "duplicate_of", survivor.number, actor=as_(alice))
    assert merge(issue, survivor).pk == link.pk
    assert now(issue).status == "resolved"
    undo(issue)
    assert not list(broken_links(IssueLink.objects.get()))


def test_a_merge_is_not_taken_off_as_a_link(merge, issue, survivor, alice, as_):
    link = merge(issue, survivor)
    with nothing_happens(), pytest.raises(ValidationFailed):
        remove_link(issue.order_id, issue.pk, link.pk, actor=as_(alice))


def test_issues_of_one_customer_in_one_store_are_merged(merge):
    customer, store = CustomerFactory(), StoreFactory()
    one, other = (IssueFactory(order=OrderFactory(customer=customer, store=store)) for _ in range(2))
    merge(one, other)
    assert now(one).status == "resolved"


def refused(merge, duplicate, survivor) -> str:
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        merge(duplicate, survivor)
    return " ".join(refusal.value.errors["number"])


def test_issues_of_strangers_or_of_two_stores_are_not(merge, issue):
    customer = CustomerFactory()
    one, other = (IssueFactory(order=OrderFactory(customer=customer)) for _ in range(2))
    nobody, stranger = (IssueFactory(order=OrderFactory(customer=None, store=issue.order.store)) for _ in range(2))
    for pair in ((issue, one), (one, other), (nobody, stranger)):
        assert "Link the two instead" in refused(merge, *pair)


def test_what_is_closed_does_not_go_on(merge, issue, order):
    assert "is closed" in refused(merge, issue, IssueFactory(order=order, status="closed"))


def test_a_duplicate_is_merged_once_and_is_no_survivor(merge, issue, survivor, order):
    merge(issue, survivor)
    assert "linked already" not in refused(merge, issue, IssueFactory(order=order))
    assert "duplicate of" in refused(merge, IssueFactory(order=order), issue)
    assert "other way round" in refused(merge, survivor, IssueFactory(order=order))
    assert refused(merge, issue, survivor)


def test_what_is_past_its_work_stays_there_and_gets_a_note(merge, undo, order, survivor):
    for status in ("resolved", "closed"):
        duplicate = IssueFactory(order=order, status=status)
        merge(duplicate, survivor)
        undo(duplicate)
        assert now(duplicate).status == status
        assert duplicate.notes.count() == 2


def test_an_escalated_issue_is_merged_by_those_who_may_move_it_out(merge, undo, order, survivor, sofia):
    escalated = IssueFactory(order=order, status="escalated")
    with nothing_happens(), pytest.raises(PermissionDenied):
        merge(escalated, survivor)
    merge(escalated, survivor, by=sofia)
    undo(escalated, by=sofia)
    assert now(escalated).status == "escalated"


def test_a_duplicate_that_was_closed_meanwhile_is_taken_back_by_a_manager(
    merge, undo, issue, survivor, sofia, max_, as_
):
    merge(issue, survivor)
    update_issue(issue.order_id, issue.pk, {"status": "closed", "notes": "Done."}, actor=as_(sofia))
    with nothing_happens(), pytest.raises(PermissionDenied) as refusal:
        undo(issue)
    assert refusal.value.facts["required_permission"] == "issues.reopen_issue"
    undo(issue, by=max_)
    assert now(issue).status == "open"


def test_a_duplicate_that_was_worked_on_meanwhile_stays_where_it_is(merge, undo, issue, survivor, alice, as_):
    merge(issue, survivor)
    update_issue(issue.order_id, issue.pk, {"status": "in_progress"}, actor=as_(alice))
    undo(issue)
    assert now(issue).status == "in_progress"
    assert IssueLink.objects.get().removed_at <= clock.now()


def test_there_is_nothing_to_undo_without_a_merge(undo, issue, merge, survivor):
    with nothing_happens(), pytest.raises(NotFound):
        undo(issue)
    merge(issue, survivor)
    undo(issue)
    with nothing_happens(), pytest.raises(NotFound):
        undo(issue)


def test_what_was_changed_since_it_was_shown_is_not_merged(merge, issue, survivor):
    with nothing_happens(), pytest.raises(StaleIssue):
        merge(issue, survivor, expected_version=issue.version + 1)
