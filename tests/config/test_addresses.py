"""Junk in an address finds nothing and breaks nothing, on whichever page it is tried."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Employee
from accounts.roles import ADMINISTRATOR
from issues.models import Issue
from refunds.models import Claim
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory
from tests.pages import routes
from tests.rows import row_of

pytestmark = pytest.mark.django_db

OF_ONE_ROW = [name for name, arguments in routes() if arguments == ["object_id"]]
OURS = [(name, arguments) for name, arguments in routes() if name.startswith("web:")]
CHANGELISTS = [name for name, _ in routes() if name.endswith("_changelist")]

JUNK = ("nonsense", "0", "-1", "9" * 30, "9" * 5000, "_00", "é")
OF_EACH_KIND_OF_KEY = ("admin:issues_issue_change", "admin:issues_note_change", "admin:orders_order_change")


@pytest.fixture
def everybodys(db) -> Client:
    """The browser of somebody who may do all there is."""
    person = EmployeeFactory(role=ADMINISTRATOR)
    Employee.objects.filter(pk=person.pk).update(is_superuser=True)
    return quietly(signed_in(Employee.objects.get(pk=person.pk)))


def quietly(client: Client) -> Client:
    """What breaks answers with 500 and does not raise, as in life."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("route", OF_ONE_ROW)
def test_an_id_that_no_row_has_breaks_nothing_in_the_admin(everybodys, route):
    junk = JUNK if route in OF_EACH_KIND_OF_KEY else ["nonsense"]
    for address in (reverse(route, args=[each]) for each in junk):
        for answer in (everybodys.get(address), everybodys.post(address, {"note": "x"})):
            assert answer.status_code < 500, address[:60]


@pytest.mark.parametrize("action", ["change", "accept", "history", "delete"])
def test_nor_does_it_for_a_manager(max_, action):
    row_of(Claim)
    answer = quietly(signed_in(max_)).get(f"/admin/refunds/claim/nonsense/{action}/")
    assert answer.status_code == 404


def test_a_row_is_shown_nowhere_else(everybodys):
    assert everybodys.get("/admin/r/7/nonsense/").status_code == 404
    assert everybodys.get("/admin/r/nonsense/nonsense/").status_code == 404


@pytest.mark.parametrize("route", CHANGELISTS)
def test_nor_does_one_that_is_chosen_in_a_list(everybodys, route):
    action = {"action": "confirm_several", "_selected_action": ["nonsense"]}
    assert everybodys.post(reverse(route), action).status_code < 500


@pytest.mark.parametrize("number", ["x", "99", "-1", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(everybodys, number):
    assert everybodys.get(f"/admin/search/?s=x&page={number}").status_code == 404
    for route in CHANGELISTS if number == "x" else CHANGELISTS[:3]:
        assert everybodys.get(f"{reverse(route)}?p={number}").status_code < 500


@pytest.mark.parametrize(("route", "arguments"), OURS)
def test_nul_in_a_query_is_refused_on_every_page(everybodys, route, arguments):
    given = {name: uuid4() if name.endswith("_id") else "x" for name in arguments}
    address = reverse(route, kwargs=given)
    assert everybodys.get(f"{address}?store=%00").status_code == 400


@pytest.mark.parametrize("parameter", ["merge", "macro", "whole", "since"])
def test_nul_is_refused_on_the_page_of_an_issue_that_is_there(max_, parameter):
    page = reverse("web:issue", args=[row_of(Issue).pk])
    assert quietly(signed_in(max_)).get(f"{page}?{parameter}=%00").status_code == 400


@pytest.mark.parametrize("route", CHANGELISTS)
def test_nul_is_refused_in_the_lists_of_the_admin(everybodys, route):
    for question in ("q=%00", "p=%00", "id__exact=%00", "status__exact=x%00y"):
        assert everybodys.get(f"{reverse(route)}?{question}").status_code == 400


@pytest.mark.parametrize("path", ["/calendar/a%00.ics", "/satisfaction/%00", "/admin/orders/order/%00/change/", "/%00"])
def test_nul_in_a_path_is_refused_or_finds_nothing(everybodys, path):
    assert everybodys.get(path).status_code in (400, 404)
    assert quietly(Client()).get(path).status_code in (400, 404)
