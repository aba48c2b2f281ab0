"""What the palette finds for whom, in either door."""

import pytest
from django.test import Client
from django.urls import reverse

from issues.actions.saved_views import save_view
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def kettle(db):
    order = OrderFactory(id="ORD-77001", customer__name="Ines Vidal")
    return IssueFactory(number="ISS-2026-000042", order=order)


def found(employee, words, door="web") -> list[dict[str, str]]:
    response = signed_in(employee).get(reverse("web:find"), {"q": words, "door": door})
    assert response.status_code == 200
    return response.json()["results"]


@pytest.mark.parametrize("words", ["42", "iss-2026-000042", " ISS-2026-000042 "])
def test_an_issue_is_found_by_its_number_however_it_is_typed(alice, kettle, words):
    IssueFactory()
    (issue,) = found(alice, words)
    assert issue["title"] == "ISS-2026-000042 Damaged items"
    assert issue["hint"] == "Open · Ines Vidal"
    assert issue["url"] == reverse("web:issue", args=[kettle.pk])


def test_what_is_found_in_the_admin_stays_in_the_admin(alice, kettle):
    assert found(alice, "42", "admin")[0]["url"] == reverse("admin:issues_issue_change", args=[kettle.pk])
    assert found(alice, "ord-77", "admin")[0]["url"] == reverse("admin:orders_order_change", args=["ORD-77001"])
    assert found(alice, "ORD-77", "web")[0]["url"] == "/issues?q=ORD-77001"
    assert found(alice, "42", "window")[0]["url"] == reverse("web:issue", args=[kettle.pk])


def test_the_views_of_the_queue_are_found_by_their_names(alice):
    assert {view["title"] for view in found(alice, "")} >= {"Mine", "Unassigned", "Breached"}
    (view,) = found(alice, "unassi", "admin")
    assert view["url"].startswith(reverse("admin:issues_issue_changelist") + "?assigned_to=none")


def test_so_are_in_the_admin_ones_own_views_and_those_that_are_shared(alice, sofia, as_):
    mine = save_view("Kettles", "issue_type=damaged_items", actor=as_(alice))
    save_view("Sofia's kettles", "priority=low", is_shared=True, actor=as_(sofia))
    save_view("Sofia's own kettles", "priority=high", actor=as_(sofia))
    views = found(alice, "kettle", "admin")
    assert [(view["title"], view["hint"]) for view in views] == [
        ("Kettles", "queue"),
        ("Sofia's kettles", f"queue, of {sofia.name}"),
    ]
    assert views[0]["url"] == f"{reverse('admin:issues_issue_changelist')}?{mine.query}"
    assert found(alice, "kettle", "web") == []


def test_other_stores_are_not_found(kettle):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    outsider = EmployeeFactory(team=team)
    for words in ("42", "ORD-77001", "kettle"):
        assert found(outsider, words) == []


@pytest.mark.parametrize("words", ["'; --", "%", "x" * 500, "99999999999999999999", "²"])
def test_nonsense_finds_nothing_and_looking_changes_nothing(alice, kettle, words):
    with nothing_happens():
        assert found(alice, words) == []


def test_who_is_not_signed_in_finds_nothing(kettle):
    assert Client().get(reverse("web:find"), {"q": "42"}).status_code == 302
