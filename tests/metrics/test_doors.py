"""Who may see the figures, by the API and on the page, and that both say the same."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.models import Scope
from common import clock
from tests.api_client import ApiClient
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, OrderFactory, StoreFactory, TeamFactory, key_for
from tests.metrics.conftest import NOW, at
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

PATH = "/metrics/resolution"
JUNE = "from=2026-06-01&to=2026-06-30"


@pytest.fixture(autouse=True)
def in_july():
    with clock.as_if_at(NOW):
        yield


@pytest.fixture
def lived(desk):
    issue = desk.open(at(1), order=OrderFactory(store=StoreFactory(id="=boston")))
    desk.answer(issue, at(2))
    desk.walk(issue, at(3), "investigating", "in_progress", "resolved")
    return issue


def test_the_api_answers_what_the_desk_counts(desk, lived, max_):
    with nothing_happens():
        answer = ApiClient(key_for(max_)).get(f"{PATH}?{JUNE}&group_by=store")
    assert answer.status_code == 200
    body, figures = answer.json(), desk.figures(group_by="store")
    assert (body["created"], body["resolved"], body["backlog"]) == (1, 1, 0)
    assert body["first_resolution"] == figures["first_resolution"]
    assert [row["group"] for row in body["groups"]] == ["=boston"]
    assert body["days"][0]["day"] == "2026-06-01"


def test_an_agent_may_not_see_them(alice, lived):
    answer = ApiClient(key_for(alice)).get(PATH)
    assert (answer.status_code, answer.json()["required_permission"]) == (403, "issues.view_metrics")
    client = signed_in(alice)
    assert client.get(reverse("web:figures")).status_code == 403
    assert client.get(reverse("web:figures_csv", args=["days"])).status_code == 403
    assert "Figures" not in client.get(reverse("web:home")).content.decode()


def test_the_key_of_an_integration_may_by_its_scope(lived):
    assert ApiClient(key_for(None)).get(PATH).status_code == 200
    assert ApiClient(key_for(None, scopes=[Scope.ISSUES_READ])).get(PATH).status_code == 403


def test_a_team_with_stores_sees_the_figures_of_these(lived, desk):
    team = TeamFactory()
    team.stores.add(lived.order.store)
    theirs = EmployeeFactory(role="Manager", team=team)
    desk.open(at(2))
    api = ApiClient(key_for(theirs))
    assert api.get(f"{PATH}?{JUNE}").json()["created"] == 1
    elsewhere = TeamFactory()
    elsewhere.stores.add(StoreFactory())
    api = ApiClient(key_for(EmployeeFactory(role="Manager", team=elsewhere)))
    assert api.get(f"{PATH}?{JUNE}").json()["created"] == 0
    assert api.get(f"{PATH}?{JUNE}&store=%3Dboston").json()["created"] == 0


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("from=2026-13-01&priority=urgent&colour=red", {"from", "priority", "colour"}),
        ("from=2026-06-30&to=2026-06-01", {"from"}),
        ("from=2020-01-01", {"from"}),
        ("to=2027-01-01", {"to"}),
        ("group_by=customer", {"group_by"}),
        ("issue_type=other,strange", {"issue_type"}),
        ("limit=5", {"limit"}),
    ],
)
def test_everything_that_is_unfit_is_named(max_, query, named):
    answer = ApiClient(key_for(max_)).get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == named
    page = signed_in(max_).get(f"{reverse('web:figures')}?{query}")
    assert page.status_code == 400
    assert "Start over" in page.content.decode()


def rows_of(answer) -> list[dict[str, str]]:
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("table", ["totals", "days", "statuses", "refunds", "groups"])
def test_each_table_is_there_as_csv_by_either_door(max_, lived, table):
    query = f"{JUNE}&group_by=store"
    of_api = rows_of(ApiClient(key_for(max_)).get(f"{PATH}.csv?{query}&table={table}"))
    of_page = rows_of(signed_in(max_).get(f"{reverse('web:figures_csv', args=[table])}?{query}"))
    if table == "totals":
        for rows in (of_api, of_page):
            rows[0].pop("complete_until")
    assert of_api == of_page


def test_a_csv_holds_the_numbers_and_no_formula(max_, lived):
    api = ApiClient(key_for(max_))
    (totals,) = rows_of(api.get(f"{PATH}.csv?{JUNE}"))
    assert (totals["created"], totals["first_response.clock.median"]) == ("1", str(24 * 3600))
    (group,) = rows_of(api.get(f"{PATH}.csv?{JUNE}&table=groups&group_by=store"))
    assert group["group"] == "'=boston"


@pytest.mark.parametrize(("query", "named"), [("table=everything", "table"), ("table=groups", "group_by")])
def test_a_csv_of_nothing_is_refused(max_, query, named):
    answer = ApiClient(key_for(max_)).get(f"{PATH}.csv?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])


def test_the_page_says_the_same_numbers(max_, lived):
    page = signed_in(max_).get(f"{reverse('web:figures')}?{JUNE}&group_by=priority").content.decode()
    assert "<td>1</td><td>1</td><td>0</td><td>0</td><td>0</td><td>0</td>" not in page
    assert '<time datetime="2026-06-30">' in page
    assert "48.0 h" in page or "2.0 d" in page
    assert "few" in page
    assert "Medium" in page


def test_stores_have_their_names_on_the_page(max_, lived):
    page = signed_in(max_).get(f"{reverse('web:figures')}?{JUNE}&group_by=store").content.decode()
    assert '<th scope="row">=Boston (=boston)</th>' in page


def test_the_tiles_lead_to_the_issues_behind_them_as_they_are_narrowed(max_, lived):
    client, query = signed_in(max_), f"{JUNE}&priority=medium&group_by=store"
    page = client.get(f"{reverse('web:figures')}?{query}").content.decode()
    start = reverse("web:figure_issues", args=["created"])
    address = start + page.partition(f'href="{start}')[2].partition('"')[0].replace("&amp;", "&")
    assert "priority=medium" in address
    behind = client.get(address)
    assert [issue.pk for issue in behind.context["page"].rows] == [lived.pk]
    assert list(client.get(address.replace("medium", "high")).context["page"].rows) == []
