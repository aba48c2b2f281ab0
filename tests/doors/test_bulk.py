"""The bar under the agents' list: a preview, the deed, what was done, and what a second click comes to."""

import uuid

import pytest
from django.urls import reverse

from issues.actions.update import update_issue
from issues.models import Issue
from tests.doors.doors import signed_in
from tests.factories import IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

BULK = reverse("admin:issues_issue_bulk")


@pytest.fixture
def send(alice):
    """``send(rows, priority="high")``: the page that answers."""
    client = signed_in(alice)

    def send(rows, **fields):
        form = {"form_id": str(uuid.uuid4()), "row": rows, "back": "sla=breached"} | fields
        return client.post(BULK, form)

    return send


@pytest.fixture
def two(db):
    order = OrderFactory()
    return [IssueFactory(order=order), IssueFactory(order=order, status="closed")]


def ids(issues) -> list[str]:
    return [str(issue.pk) for issue in issues]


def seen(issues) -> list[str]:
    return [f"{issue.pk}:{issue.version}" for issue in issues]


def told(response) -> list[tuple[list[str], bool]]:
    return [(list(line.changes), bool(line.refused)) for line in response.context["lines"]]


CHANGES = {"priority": "high", "notes": "Look at these."}


def test_who_may_read_no_issues_previews_none(send, alice, two):
    alice.groups.clear()
    with nothing_happens():
        assert send(ids(two), **CHANGES).status_code == 403


def test_a_preview_shows_each_row_and_changes_none(send, two):
    with nothing_happens():
        page = send(ids(two), **CHANGES)
    assert told(page) == [(["Priority: Medium → High", "Note added"], False), ([], True)]
    text = page.content.decode()
    assert "The issue is closed." in text
    assert f'name="row" value="{two[0].pk}:1"' in text
    assert 'name="confirm"' in text
    assert "It can be done to 1 of 2" in text


def test_what_no_row_takes_is_not_offered(send, two):
    with nothing_happens():
        text = send(ids(two[1:]), **CHANGES).content.decode()
    assert "It can be done to none of them." in text
    assert 'name="confirm"' not in text


def test_the_deed_is_done_and_told_row_by_row(send, two):
    page = send(seen(two), confirm="yes", **CHANGES)
    assert page.context["done"]
    assert told(page) == [(["Priority: Medium → High", "Note added"], False), ([], True)]
    assert "Done for 1 of 2." in page.content.decode()
    two[0].refresh_from_db()
    assert (two[0].priority, two[0].history.first().via) == ("high", "admin")
    assert "?sla=breached" in page.content.decode()


def test_a_second_copy_of_the_same_click_does_nothing(send, two):
    once = {"form_id": str(uuid.uuid4()), "confirm": "yes", **CHANGES}
    send(seen(two), **once)
    with nothing_happens():
        page = send(seen(two), **once)
    assert "Nothing was done twice." in page.content.decode()


def test_a_row_that_changed_since_the_preview_is_refused_and_said(send, two, sofia, as_):
    rows = seen(two)
    update_issue(two[0].order_id, two[0].pk, {"priority": "low"}, actor=as_(sofia))
    with nothing_happens():
        page = send(rows, confirm="yes", **CHANGES)
    assert page.context["lines"][0].refused.startswith("Somebody changed it")
    assert "None was changed" in page.content.decode()


def test_nothing_is_done_without_a_preview(send, two):
    with nothing_happens():
        page = send(ids(two), confirm="yes", **CHANGES)
    assert "done" not in page.context
    assert 'name="confirm"' in page.content.decode()


@pytest.mark.parametrize(
    ("rows", "fields", "word"),
    [
        ([], CHANGES, "Choose 1 to 200 issues"),
        (["nonsense"], CHANGES, "Choose"),
        (["-" * 36], CHANGES, "Choose the issues in the list again."),
        ([str(uuid.uuid4()) for _ in range(201)], CHANGES, "Choose 1 to 200 issues"),
        ([str(uuid.uuid4())], CHANGES, "None of these issues is there for you any more."),
        ([str(uuid.uuid4())], {}, "Say what to change"),
        ([str(uuid.uuid4())], {"status": "lost"}, "Select a valid choice."),
    ],
)
def test_what_is_unfit_is_said_and_does_nothing(send, rows, fields, word):
    with nothing_happens():
        page = send(rows, confirm="yes", **fields)
    assert (page.status_code, page.context["lines"]) == (422, [])
    assert word in page.content.decode()


@pytest.mark.parametrize(("choice", "expected"), [("me", "alice"), ("none", None), ("EMP-SOFIA", "sofia")])
def test_issues_are_given_to_oneself_to_another_or_to_nobody(send, sofia, max_, choice, expected):
    issue = IssueFactory(assigned_to=max_)
    send(seen([issue]), confirm="yes", assigned_to=choice)
    issue.refresh_from_db()
    assert (issue.assigned_to and issue.assigned_to.username) == expected


def test_rows_of_other_stores_are_not_there(alice, send, issue):
    alice.team = TeamFactory()
    alice.team.stores.add(StoreFactory())
    alice.save()
    with nothing_happens():
        page = send(seen([issue]), confirm="yes", **CHANGES)
    assert page.status_code == 422
    assert issue.number not in page.content.decode()


def test_an_address_alone_does_nothing(alice, two):
    with nothing_happens():
        assert signed_in(alice).get(BULK).status_code == 302


def test_the_bar_is_there_for_whoever_works_issues_alone(alice, issue):
    client, queue = signed_in(alice), reverse("admin:issues_issue_changelist")
    assert f'form="bulk" name="row" value="{issue.pk}"' in client.get(queue).content.decode()
    alice.groups.first().permissions.remove(*alice.groups.first().permissions.filter(codename="work_issue"))
    assert 'form="bulk"' not in client.get(queue).content.decode()


def test_a_bulk_costs_the_same_for_each_row(send, django_assert_max_num_queries):
    order = OrderFactory()
    issues = [IssueFactory(order=order) for _ in range(10)]
    with django_assert_max_num_queries(30 + 20 * len(issues)):
        send(seen(issues), confirm="yes", **CHANGES)
    assert set(Issue.objects.values_list("priority", flat=True)) == {"high"}
