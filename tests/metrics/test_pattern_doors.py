"""Patterns and problems as people and programs meet them: the API, the CSV, the pages, and who may do what there."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Scope
from accounts.roles import RECORD_PROBLEM
from common import clock
from issues.models import Issue, Problem, ProblemIssue
from tests.api_client import ApiClient
from tests.doors.doors import signed_in
from tests.factories import (
    CustomerFactory,
    EmployeeFactory,
    IssueFactory,
    OrderFactory,
    OrderItemFactory,
    StoreFactory,
    TeamFactory,
    key_for,
)
from tests.metrics.test_patterns import UNTIL
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

PATH = "/metrics/patterns"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def at_noon():
    with clock.as_if_at(UNTIL):
        yield


@pytest.fixture
def boston(db):
    return StoreFactory(id="boston", name="Boston")


@pytest.fixture
def rush(boston):
    """Six kettles that came broken this morning, where the weeks before had one issue in all."""
    reporter = EmployeeFactory()
    IssueFactory(order=OrderFactory(store=boston), created_at=UNTIL - timedelta(days=80), reported_by=reporter)
    return [broken_kettle(boston, reporter, hours_ago=number + 1) for number in range(6)]


def broken_kettle(store, reporter, *, hours_ago):
    order = OrderFactory(store=store)
    item = OrderItemFactory(order=order, sku="KET-1", name="Kettle")
    at = UNTIL - timedelta(hours=hours_ago)
    return IssueFactory(order=order, order_item=item, created_at=at, reported_by=reporter)


@pytest.fixture
def silent(boston):
    order = OrderFactory(store=boston)
    OrderItemFactory(order=order, sku="KET-1", name="Kettle")
    return order


def kettles(rows):
    """The pattern of damaged kettles among ``rows`` of an answer."""
    return next(row for row in rows if row["dimensions"]["sku"] and row["dimensions"]["issue_type"])


def test_the_api_tells_count_expectation_probability_and_the_issues_behind(max_, rush):
    with nothing_happens():
        answer = ApiClient(key_for(max_)).get(PATH)
    assert answer.status_code == 200
    body = answer.json()
    pattern = kettles(body["patterns"])
    assert (pattern["count"], pattern["expected"], pattern["is_new"], pattern["problem"]) == (6, 0, True, None)
    assert 0 < pattern["probability"] <= pattern["corrected"] < 0.05
    assert set(pattern["issues"]) == {str(issue.pk) for issue in rush}
    assert body["tested"] > 1


def test_the_same_rows_are_there_as_csv_by_either_door(max_, rush):
    of_api = ApiClient(key_for(max_)).get(f"{PATH}.csv")
    of_page = signed_in(max_).get(reverse("web:patterns_csv"))
    for answer in (of_api, of_page):
        assert answer["Content-Type"].startswith("text/csv")
    rows, other = (list(csv.DictReader(io.StringIO(each.content.decode()))) for each in (of_api, of_page))
    assert rows == other
    row = next(each for each in rows if each["dimensions.sku"] and each["dimensions.issue_type"])
    assert (row["count"], row["dimensions.sku"]) == ("6", "KET-1")


def test_the_page_says_the_same_and_leads_to_the_issues(max_, rush):
    page = signed_in(max_).get(reverse("web:patterns"))
    text = page.content.decode()
    assert "New since yesterday" in text
    assert "Kettle (KET-1)" in text
    row = kettles(page.context["found"]["patterns"])
    links = [each.replace("&amp;", "&") for each in re.findall(r'href="(/patterns/issues\?[^"]+)"', text)]
    behind = signed_in(max_).get(next(link for link in links if row["query"] in link))
    assert {issue.pk for issue in behind.context["page"].rows} == {issue.pk for issue in rush}
    assert "Kettle (KET-1)" in behind.content.decode()


def test_the_way_back_to_the_patterns_asks_what_was_asked_before(max_, rush):
    client = signed_in(max_)
    page = client.get(reverse("web:patterns") + "?hours=72&at_least=3").content.decode()
    for step in ("issues", "orders"):
        link = re.search(rf'href="(/patterns/{step}\?[^"]*sku=KET-1[^"]*)"', page)[1].replace("&amp;", "&")
        behind = client.get(link).content.decode()
        assert f'href="{reverse("web:patterns")}?hours=72&amp;at_least=3">All patterns' in behind


def test_an_agent_sees_none_of_it_by_any_door(alice, rush):
    problem = recorded()
    answer = ApiClient(key_for(alice)).get(PATH)
    assert (answer.status_code, answer.json()["required_permission"]) == (403, "issues.view_metrics")
    assert ApiClient(key_for(None, scopes=[Scope.ISSUES_READ])).get(PATH).status_code == 403
    client = signed_in(alice)
    pages = ["web:patterns", "web:patterns_csv", "web:pattern_issues", "web:pattern_orders", "web:problems"]
    for address in (*map(reverse, pages), reverse("web:problem", args=[problem.pk])):
        assert client.get(address).status_code == 403, address
    assert "Patterns" not in client.get("/").content.decode()


@pytest.mark.parametrize("query", ["hours=0", "hours=many", "colour=red", "until=soon", "at_least=1"])
def test_what_is_unfit_is_named_by_either_door(max_, rush, query):
    name = query.partition("=")[0]
    answer = ApiClient(key_for(max_)).get(f"{PATH}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    page = signed_in(max_).get(f"{reverse('web:patterns')}?{query}")
    assert page.status_code == 400
    assert f"{name}: " in page.content.decode()
    assert signed_in(max_).get(f"{reverse('web:patterns_csv')}?{query}").status_code == 400


def test_pages_with_nothing_to_show_say_so(max_, boston):
    client = signed_in(max_)
    assert "less than a week of past" in client.get(reverse("web:patterns")).content.decode()
    IssueFactory(order=OrderFactory(store=boston), created_at=UNTIL - timedelta(days=80))
    assert "Nothing stands out" in client.get(reverse("web:patterns")).content.decode()
    assert "No problem is recorded" in client.get(reverse("web:problems")).content.decode()
    assert "There is no such issue" in client.get(reverse("web:pattern_issues") + "?sku=NONE").content.decode()
    for query in ("?sku=NONE", ""):
        assert "There is no such order" in client.get(reverse("web:pattern_orders") + query).content.decode()


# Problems


def form_of(page, row) -> dict[str, str]:
    """What the browser sends from the row's form."""
    text = page.content.decode()
    forms = [dict(HIDDEN.findall(form)) for form in text.split('action="/problems"')[1:]]
    wanted = {name: value for name, value in row["dimensions"].items() if value}
    return next(form for form in forms if wanted.items() <= form.items() and len(wanted) == len(form) - 3)


def recorded(title="Kettles crack") -> Problem:
    """By a senior agent, on the page."""
    client = signed_in(EmployeeFactory(role="Senior agent"))
    page = client.get(reverse("web:patterns"))
    given = form_of(page, kettles(page.context["found"]["patterns"])) | {"title": title}
    response = client.post(reverse("web:problems"), given)
    problem = Problem.objects.latest("created_at")
    assert response["Location"] == reverse("web:problem", args=[problem.pk])
    return problem


def test_a_senior_agent_makes_a_problem_of_a_pattern(rush, silent, max_):
    problem = recorded()
    assert (problem.title, problem.sku, problem.issue_type) == ("Kettles crack", "KET-1", "damaged_items")
    assert set(problem.links.values_list("issue", flat=True)) == {issue.pk for issue in rush}
    assert set(Issue.objects.values_list("version", flat=True)) == {1}
    row = problem.history.get()
    assert (row.via, row.history_user.groups.get().name) == ("web", "Senior agent")
    page = signed_in(max_).get(reverse("web:problem", args=[problem.pk])).content.decode()
    assert all(issue.number in page for issue in rush)
    assert silent.pk in page, "it has the same item, and nobody has complained yet"
    listed = signed_in(max_).get(reverse("web:problems"))
    assert [(each.title, each.issues) for each in listed.context["page"].rows] == [("Kettles crack", 6)]


def test_the_page_of_an_issue_says_what_it_is_a_case_of(rush, silent, max_, alice):
    problem = recorded()
    address = reverse("web:issue", args=[rush[0].pk])
    link = f'href="{reverse("web:problem", args=[problem.pk])}">Kettles crack</a>'
    assert link in signed_in(max_).get(address).content.decode()
    assert link not in signed_in(alice).get(address).content.decode(), "she may not see the page of problems"


def test_newer_issues_of_the_same_pattern_are_linked_to_it(rush, boston, alice):
    problem = recorded()
    newer = broken_kettle(boston, alice, hours_ago=0.5)
    assert recorded() == problem
    assert problem.links.filter(issue=newer).exists()
    assert problem.links.count() == 7


def test_nul_in_what_is_sent_is_left_out(rush, max_):
    signed_in(max_).post(reverse("web:problems"), {"sku": "KET-1\0", "title": "Kettles\0"})
    problem = Problem.objects.get()
    assert (problem.title, problem.sku) == ("Kettles", "KET-1")


def test_without_a_title_no_problem_is_recorded(rush, max_):
    client = signed_in(max_)
    page = client.get(reverse("web:patterns"))
    given = form_of(page, kettles(page.context["found"]["patterns"])) | {"title": "  "}
    with nothing_happens():
        response = client.post(reverse("web:problems"), given, follow=True)
    assert "Give 1 to 200 characters" in response.content.decode()


@pytest.mark.parametrize("given", [{}, {"sku": "NONE"}, {"sku": "KET-1", "since": "2030-01-01T00:00:00Z"}])
def test_what_is_no_pattern_becomes_no_problem(rush, max_, given):
    with nothing_happens():
        response = signed_in(max_).post(reverse("web:problems"), {"title": "Nothing", **given})
    assert response["Location"] == reverse("web:patterns")


def test_the_permission_alone_opens_it(rush):
    """An administrator may take it from a role: then the page offers nothing, and the action refuses."""
    problem, senior = recorded(), EmployeeFactory(role="Senior agent")
    senior.groups.get().permissions.filter(codename=RECORD_PROBLEM.partition(".")[2]).first().group_set.clear()
    client = signed_in(senior)
    assert "Make it a problem" not in client.get(reverse("web:patterns")).content.decode()
    assert "It is solved" not in client.get(reverse("web:problem", args=[problem.pk])).content.decode()
    with nothing_happens():
        client.post(reverse("web:problems"), {"sku": "KET-1", "title": "Mine"})
        client.post(reverse("web:problem", args=[problem.pk]))


def test_a_manager_says_that_it_is_solved_once(rush, max_):
    problem, client = recorded(), signed_in(max_)
    address = reverse("web:problem", args=[problem.pk])
    assert "It is solved" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(address)["Location"] == address
    problem.refresh_from_db()
    assert (problem.status, problem.solved_at, problem.history.count()) == ("solved", UNTIL, 2)
    assert "It is solved" not in client.get(address).content.decode()
    assert "No problem is open" in client.get(reverse("web:patterns")).content.decode()


def test_who_sees_other_stores_alone_sees_no_problem_of_these(rush):
    problem = recorded()
    team = TeamFactory()
    team.stores.add(StoreFactory())
    theirs = EmployeeFactory(role="Manager", team=team)
    client, address = signed_in(theirs), reverse("web:problem", args=[problem.pk])
    assert client.get(address).status_code == 404
    assert list(client.get(reverse("web:problems")).context["page"].rows) == []
    with nothing_happens():
        assert client.post(address).status_code == 404
        client.post(reverse("web:problems"), {"sku": "KET-1", "title": "Mine"})
    assert ApiClient(key_for(theirs)).get(PATH).json()["patterns"] == []


@pytest.mark.parametrize("page", ["web:pattern_issues", "web:pattern_orders"])
def test_an_address_tells_nobody_a_name_of_another_store(page):
    elsewhere = StoreFactory(id="far", name="Faraway")
    customer = CustomerFactory(id="c-77", name="Mina Harker")
    OrderItemFactory(order__store=elsewhere, order__customer=customer, sku="KET-77", name="Secret kettle")
    team = TeamFactory()
    team.stores.add(StoreFactory())
    query = "?customer=c-77&store=far&sku=KET-77"
    theirs = signed_in(EmployeeFactory(role="Manager", team=team)).get(reverse(page) + query).content.decode()
    everybodys = signed_in(EmployeeFactory(role="Manager")).get(reverse(page) + query).content.decode()
    for name in ("Faraway", "Mina Harker", "Secret kettle"):
        assert name not in theirs
        assert name in everybodys, "a control: it is told to who may know"


def test_a_problem_shows_each_store_its_own_issues(rush, boston, max_, alice):
    austin = StoreFactory(id="austin")
    for number in range(6):
        broken_kettle(austin, alice, hours_ago=number + 1)
    problem = recorded()
    team = TeamFactory()
    team.stores.add(austin)
    client = signed_in(EmployeeFactory(role="Manager", team=team))
    page = client.get(reverse("web:problem", args=[problem.pk]))
    assert {issue.order.store_id for issue in page.context["page"].rows} == {"austin"}
    assert [each.issues for each in client.get(reverse("web:problems")).context["page"].rows] == [6]
    assert ProblemIssue.objects.count() == 12
