"""Views that agents keep: made of the present list, renamed, shared and deleted by their owner alone."""

import uuid

import pytest
from django.urls import reverse

from common.errors import PermissionDenied, ValidationFailed
from issues.actions.saved_views import MOST, save_view
from issues.models import SavedView
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

QUEUE, VIEWS = reverse("admin:issues_issue_changelist"), reverse("admin:issues_issue_views")
QUERY = "columns=due,store&ordering=due_at&priority=critical,high"


@pytest.fixture
def view(alice, as_):
    return save_view("Burning", QUERY, actor=as_(alice))


def send(employee, deed, **fields):
    return signed_in(employee).post(VIEWS, {"form_id": str(uuid.uuid4()), "deed": deed} | fields)


def saved(employee, query="") -> list[tuple[str, str, bool]]:
    tabs = signed_in(employee).get(f"{QUEUE}?{query}").context["saved"]
    return [(tab.title, tab.of, tab.is_open) for tab in tabs]


def test_the_present_list_is_kept_with_filters_order_and_columns(alice):
    page = signed_in(alice).get(f"{QUEUE}?priority=high&priority=critical&ordering=due_at&columns=store&columns=due&q=")
    query = page.context["save_form"]["query"].value()
    answer = send(alice, "save", name="Burning", query=query)
    view = SavedView.objects.get()
    assert (view.owner, view.name, view.is_shared) == (alice, "Burning", False)
    assert answer["Location"] == f"{QUEUE}?{view.query}"
    shown = signed_in(alice).get(answer["Location"])
    assert shown.context["columns"] == ["due", "store"]
    assert saved(alice, view.query) == [("Burning", "", True)]
    assert saved(alice, "priority=high,critical&ordering=due_at&columns=due,store") == [("Burning", "", True)]
    assert saved(alice, "priority=high") == [("Burning", "", False)]


def test_a_view_is_ones_own_until_it_is_shared(alice, sofia, view):
    assert saved(sofia) == []
    send(alice, "change", view=view.pk, name="On fire", is_shared="on")
    assert saved(sofia) == [("On fire", alice.name, False)]
    assert saved(alice) == [("On fire", "", False)]
    send(alice, "change", view=view.pk, name="On fire")
    assert saved(sofia) == []


def test_its_owner_deletes_it(alice, view):
    assert send(alice, "delete", view=view.pk).status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("deed", ["change", "delete"])
def test_nobody_else_changes_or_deletes_it_though_it_is_shared(alice, sofia, view, deed):
    send(alice, "change", view=view.pk, name="Burning", is_shared="on")
    with nothing_happens():
        answer = send(sofia, deed, view=view.pk, name="Mine now")
    assert answer.status_code == 422
    assert "You have no such view." in answer.content.decode()


def test_a_shared_view_shows_each_what_they_may_see(alice, as_):
    team = TeamFactory()
    team.stores.add(StoreFactory(id="ours"))
    seen, hidden = IssueFactory(order=OrderFactory(store_id="ours")), IssueFactory()
    view = save_view("All open", "status=open", is_shared=True, actor=as_(alice))
    page = signed_in(EmployeeFactory(team=team)).get(f"{QUEUE}?{view.query}")
    assert [issue.pk for issue in page.context["page"].rows] == [seen.pk]
    assert hidden.number not in page.content.decode()


def test_a_view_with_search_words_is_not_shared(alice, as_):
    view = save_view("Jane", "q=Jane Doe", actor=as_(alice))
    with nothing_happens():
        answer = send(alice, "change", view=view.pk, name="Jane", is_shared="on")
        with pytest.raises(ValidationFailed):
            save_view("Jane again", "q=Jane Doe", is_shared=True, actor=as_(alice))
    assert "Search words may name a customer" in answer.content.decode()


def test_names_are_shown_as_they_are_written_and_run_nothing(alice, sofia, as_):
    save_view("<script>alert(1)</script>", "status=open", is_shared=True, actor=as_(alice))
    for employee, address in ((sofia, QUEUE), (alice, VIEWS)):
        page = signed_in(employee).get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("", "status=open", "name"),
        ("x" * 61, "status=open", "name"),
        ("Burning", "status=open", "name"),
        ("Odd", "status=lost", "status"),
        ("Odd", "colour=red", "colour"),
        ("Odd", "cursor=abc", "cursor"),
        ("Long", "store=" + ",".join(f"store-{n}" for n in range(400)), "query"),
    ],
)
def test_what_is_unfit_is_not_kept(alice, as_, view, name, query, field):
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        save_view(name, query, actor=as_(alice))
    assert refusal.value.errors.keys() == {field}


def test_an_unfit_view_is_refused_on_its_page(alice, view):
    with nothing_happens():
        answer = send(alice, "save", name="Burning", query="status=open")
    assert answer.status_code == 422
    assert "You have a view of this name already." in answer.content.decode()
    form = answer.context["unsaved"]
    again = {name: form[name].value() for name in ("deed", "name", "query")} | {"name": "Burning, too"}
    assert send(alice, **again).status_code == 302
    assert SavedView.objects.get(name="Burning, too").query == "status=open"


def test_there_is_an_end_to_how_many_one_keeps(alice, as_):
    for number in range(MOST):
        save_view(f"View {number}", "status=open", actor=as_(alice))
    with nothing_happens(), pytest.raises(ValidationFailed):
        save_view("One more", "status=open", actor=as_(alice))


def test_whoever_does_not_see_issues_keeps_no_view_of_them(as_):
    stranger = EmployeeFactory()
    stranger.groups.clear()
    with nothing_happens(), pytest.raises(PermissionDenied):
        save_view("All", "status=open", actor=as_(stranger))
    with nothing_happens():
        assert send(stranger, "save", name="All", query="status=open").status_code == 403


def test_the_same_form_sent_twice_keeps_one(alice):
    twice = {"form_id": str(uuid.uuid4()), "name": "Open", "query": "status=open"}
    assert [send(alice, "save", **twice).status_code for _ in range(2)] == [302, 302]
    assert SavedView.objects.count() == 1
