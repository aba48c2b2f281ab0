"""The manager's first page: what waits for this person, and the day against the day before, each with its issues."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from issues.metrics.behind import FIGURES
from issues.metrics.today import today_against_yesterday
from issues.models import Issue
from issues.waiting import what_waits
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.metrics.conftest import Desk, at, tell
from tests.refunds.cashier import ask, pay
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

NOON = at(10)  # a Wednesday
SOLVED = ("investigating", "in_progress", "resolved")


@pytest.fixture
def desk(max_):
    return Desk(max_)


@pytest.fixture
def lived(desk):
    """Yesterday at 9 one was opened and answered, at 18 another; today at 9 two, of which one is resolved at 11."""
    first = desk.open(at(9, 9))
    desk.answer(first, at(9, 10))
    desk.open(at(9, 18))
    third, fourth = desk.open(at(10, 9)), desk.open(at(10, 9))
    desk.answer(third, at(10, 11))
    desk.walk(fourth, at(10, 11), *SOLVED)
    return first, third, fourth


def figures(actor, when=NOON):
    with clock.as_if_at(when):
        today = today_against_yesterday(actor)
    return today, {each.figure: each for each in today.figures}


def test_the_day_so_far_stands_beside_yesterday_up_to_the_same_time(desk, lived):
    _, found = figures(desk.actor)
    assert (found["created"].now, found["created"].before) == (2, 1), "the one of yesterday evening is still to come"
    assert (found["resolved"].now, found["resolved"].before) == (1, 0)
    assert (found["backlog"].now, found["backlog"].before) == (3, 2), "now, and at the end of yesterday"
    response = found["first_response"]
    assert (response.now, response.before, response.of) == (2 * 3600, 3600, 1)


def test_a_quiet_day_has_no_times(desk, max_):
    _, found = figures(desk.actor)
    assert (found["created"].now, found["first_response"].now, found["refunded"].now) == (0, None, 0)


def test_refunds_of_the_day_have_their_amounts_by_currency(desk, lived, sandbox_books):
    issue, _, _ = lived
    with clock.as_if_at(at(10, 10)):
        refund = ask(issue, "10.00", actor=desk.actor)
        pay_now(refund)
    _, found = figures(desk.actor)
    assert (found["refunded"].now, found["refunded"].before) == (1, 0)
    assert [(str(amount), currency) for amount, currency in found["refunded"].amounts] == [("10.00", "USD")]


@pytest.fixture
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


def pay_now(refund):
    pay(refund)
    tell()


def issues_at(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return {issue.pk for issue in response.context["page"].rows}


def test_each_number_leads_to_its_issues(max_, lived):
    first, third, fourth = lived
    client = signed_in(max_)
    with clock.as_if_at(NOON), nothing_happens():
        page = client.get("/").content.decode()
        links = {figure: address_of(page, figure) for figure in ("created", "resolved", "backlog", "first_response")}
        assert issues_at(client, links["created"][0]) == {third.pk, fourth.pk}
        assert issues_at(client, links["created"][1]) == {first.pk}, "up to the same time"
        assert issues_at(client, links["resolved"][0]) == {fourth.pk}
        assert issues_at(client, links["first_response"][0]) == {third.pk}
        assert len(issues_at(client, links["backlog"][0])) == 3
        assert len(issues_at(client, links["backlog"][1])) == 2


def address_of(page: str, figure: str) -> list[str]:
    """Of today's number, and of yesterday's."""
    start = reverse("web:figure_issues", args=[figure])
    return [start + part.partition('"')[0].replace("&amp;", "&") for part in page.split(f'href="{start}')[1:]]


def test_the_backlog_of_a_past_day_is_what_was_unresolved_then(desk, lived, max_):
    first, third, fourth = lived
    desk.walk(first, at(11), *SOLVED)
    desk.update(first, at(12), status="in_progress")
    desk.walk(third, at(12), *SOLVED)
    client = signed_in(max_)
    with clock.as_if_at(at(20)):
        address = reverse("web:figure_issues", args=["backlog"])
        behind = {day: issues_at(client, f"{address}?from=2026-06-{day}&to=2026-06-{day}") for day in (10, 11, 12)}
    assert first.pk in behind[10]
    assert third.pk in behind[10]
    assert first.pk not in behind[11]
    assert first.pk in behind[12]
    assert third.pk not in behind[12]
    assert fourth.pk not in behind[10] | behind[11] | behind[12]


@pytest.mark.parametrize("figure", FIGURES)
def test_the_issues_behind_a_figure_are_as_many_as_it_says(desk, lived, max_, figure):
    """Where no issue is counted twice."""
    with clock.as_if_at(NOON):
        found = desk.figures(when=NOON, **{"from": "2026-06-01", "to": "2026-06-10"})
        address = reverse("web:figure_issues", args=[figure])
        behind = issues_at(signed_in(max_), f"{address}?from=2026-06-01&to=2026-06-10")
    said = found.get(figure, 0)
    assert len(behind) == (said["n"] if isinstance(said, dict) else said)


def test_figures_and_their_issues_are_for_who_may_see_them(alice, lived):
    client = signed_in(alice)
    assert "Today so far" not in client.get("/").content.decode()
    assert client.get(reverse("web:figure_issues", args=["created"])).status_code == 403


def test_another_stores_issues_are_behind_no_figure(lived, max_):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    theirs = signed_in(EmployeeFactory(role="Manager", team=team))
    with clock.as_if_at(NOON):
        assert issues_at(theirs, reverse("web:figure_issues", args=["created"])) == set()


@pytest.mark.parametrize(
    ("figure", "query", "status"),
    [("nonsense", "", 404), ("created", "?from=soon", 400), ("created", "?cursor=nonsense&until=soon", 200)],
)
def test_an_address_that_asks_for_nothing_is_answered_with_words(max_, lived, figure, query, status):
    address = reverse("web:figure_issues", args=[figure]) + query
    with clock.as_if_at(NOON):
        assert signed_in(max_).get(address).status_code == status


def waits_for(actor) -> dict[str, str]:
    return {each.title: each.count for each in what_waits(actor)}


def test_what_waits_for_a_manager_is_what_they_may_decide_themselves(large_request, as_, alice, max_, ada):
    large_request(as_(alice)), large_request(as_(max_))
    assert waits_for(as_(max_))["For you to decide"] == "1"
    assert waits_for(as_(ada))["For you to decide"] == "2"
    assert "For you to decide" not in waits_for(as_(alice))


def test_escalations_and_stuck_or_late_refunds_wait_too(as_, alice, max_, large_request):
    IssueFactory(status="escalated")
    stuck, late = large_request(as_(alice)).refund, large_request(as_(alice)).refund
    yesterday = clock.now().date() - timedelta(days=1)
    type(stuck).objects.filter(pk=stuck.pk).update(status="needs_review")
    type(late).objects.filter(pk=late.pk).update(status="pending", expected_by=yesterday)
    waits = waits_for(as_(max_))
    assert (waits["Escalated"], waits["Refunds to look into"], waits["Refunds overdue"]) == ("1", "1", "1")
    client = signed_in(max_)
    for which, refund in (("review", stuck), ("overdue", late)):
        page = client.get(reverse("web:refunds_waiting", args=[which]))
        assert list(page.context["page"].rows) == [refund]
        assert refund.issue.number in page.content.decode()
    assert client.get(reverse("web:refunds_waiting", args=["nonsense"])).status_code == 404


def test_what_waits_in_other_stores_is_not_counted(as_, alice, large_request):
    large_request(as_(alice))
    IssueFactory(status="escalated", order=OrderFactory())
    team = TeamFactory()
    team.stores.add(StoreFactory())
    theirs = EmployeeFactory(role="Manager", team=team)
    assert set(waits_for(as_(theirs)).values()) == {"0"}


def test_a_long_list_is_counted_up_to_a_point(as_, max_):
    order, reporter = OrderFactory(), EmployeeFactory()
    like = {"order": order, "issue_type": "other", "description": "x", "reported_by": reporter, "status": "escalated"}
    Issue.objects.bulk_create(Issue(number=f"ISS-2026-L{number:05d}", **like) for number in range(105))
    assert waits_for(as_(max_))["Escalated"] == "99+"
