"""The agents' list of issues: its views and their counts, filters, orders, columns and pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from common import clock
from issues import queue
from issues.actions.tag import change_tags
from issues.models import Approval
from refunds.models import Refund
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:issues_issue_changelist")


@pytest.fixture
def agent(db):
    return EmployeeFactory(team=TeamFactory(name="Returns"))


@pytest.fixture
def look(agent):
    """``look(status="open")``: the page as the agent sees it."""
    client = signed_in(agent)
    return lambda address=QUEUE, **query: client.get(address, query)


def numbers(response) -> list[str]:
    return [issue.number for issue in response.context["page"].rows]


def tabs(response) -> dict[str, str]:
    return {tab.title: tab.count for tab in response.context["tabs"]}


def refund_of(issue, status: str, **fields) -> Refund:
    return Refund.objects.bulk_create([
        Refund(order=issue.order, issue=issue, amount=1, currency="USD", source="merchant", payment_method="card",
               provider="sandbox", requested_by=issue.reported_by, status=status, **fields)
    ])[0]  # fmt: skip


@pytest.fixture
def one_of_each(agent):
    """An issue for each view, of which none is in another, and one that is in none."""
    now, order, hour = clock.now(), OrderFactory(), timedelta(hours=1)
    somebody = {"order": order, "assigned_to": EmployeeFactory()}
    IssueFactory(number="mine", order=order, assigned_to=agent)
    IssueFactory(number="team", **somebody, assigned_team=agent.team)
    IssueFactory(number="unassigned", order=order)
    IssueFactory(number="due", **somebody, due_at=now + hour)
    IssueFactory(number="breached", **somebody, due_at=now - hour)
    IssueFactory(number="follow_ups", **somebody, follow_up_required=True, follow_up_date=now - hour)
    asked = IssueFactory(number="approval", **somebody)
    Approval.objects.bulk_create([
        Approval(kind="close", issue=asked, asked_for="", requested_by=agent, via="web", expires_at=now + hour)
    ])  # fmt: skip
    refund_of(IssueFactory(number="refund_failed", **somebody), "failed")
    IssueFactory(number="none", **somebody, status="closed", assigned_team=agent.team, due_at=now - hour)


@pytest.mark.parametrize("name", queue.VIEWS)
def test_each_view_counts_and_finds_its_own(look, one_of_each, name):
    title = queue.VIEWS[name].title
    first = look()
    tab = next(tab for tab in first.context["tabs"] if tab.title == title)
    assert tab.count == "1"
    shown = look(f"{QUEUE}?{tab.query}")
    assert numbers(shown) == [name]
    assert [each.title for each in shown.context["tabs"] if each.is_open] == [title]


def test_without_anything_asked_for_all_issues_are_there(look, one_of_each):
    shown = look()
    assert len(numbers(shown)) == 9
    assert shown.context["is_unfiltered"]
    assert not any(tab.is_open for tab in shown.context["tabs"])


def test_a_count_stops_where_it_says_so(look, monkeypatch):
    monkeypatch.setattr(queue, "MOST", 2)
    order = OrderFactory()
    for count in ("0", "1", "2", "2+", "2+"):
        assert tabs(look())["Unassigned"] == count
        IssueFactory(order=order)


def test_whoever_is_in_no_team_has_no_issues_of_theirs(alice):
    IssueFactory()
    assert tabs(signed_in(alice).get(QUEUE))["My team's"] == "0"


def test_a_refund_that_was_replaced_has_not_failed_any_more(look):
    issue = IssueFactory()
    failed = refund_of(issue, "returned")
    assert tabs(look())["Refund failed"] == "1"
    replacement = refund_of(issue, "failed", replaces=failed)
    assert tabs(look())["Refund failed"] == "1", "what did not arrive itself is in nobody's place"
    Refund.objects.filter(pk=replacement.pk).update(status="succeeded")
    assert tabs(look())["Refund failed"] == "0"


def test_views_and_counts_speak_of_the_stores_that_one_sees():
    team = TeamFactory()
    team.stores.add(StoreFactory(id="ours"))
    IssueFactory(order=OrderFactory(store_id="ours"), number="seen")
    IssueFactory(number="hidden")
    shown = signed_in(EmployeeFactory(team=team)).get(QUEUE)
    assert tabs(shown)["Unassigned"] == "1"
    assert numbers(shown) == ["seen"]
    assert [value for value, _ in shown.context["filters"].fields["store"].choices] == ["ours"]


def test_several_values_of_a_filter_find_all_of_theirs(look):
    order = OrderFactory()
    for status in ("open", "investigating", "closed"):
        IssueFactory(number=status, order=order, status=status)
    shown = look(status=["open", "closed"])
    assert numbers(shown) == ["closed", "open"]
    text = shown.content.decode()
    assert '<input type="checkbox" name="status" value="open" id="queue-status_0" checked>' in text
    assert 'Status <b class="count">2</b>' in text


def test_what_can_not_be_asked_is_said_and_finds_nothing(look):
    IssueFactory()
    for query, word in (({"status": "lost"}, "not one of"), ({"colour": "red"}, "There is no such parameter.")):
        shown = look(**query)
        assert (shown.status_code, numbers(shown)) == (400, [])
        assert word in shown.content.decode()


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [("due_at", ["soon", "later", "never"]), ("-due_at", ["later", "soon", "never"])],
)
def test_the_next_deadline_sorts_and_what_has_none_comes_last(look, ordering, expected):
    order = OrderFactory()
    IssueFactory(number="never", order=order)
    IssueFactory(number="later", order=order, due_at=datetime(2027, 1, 1, tzinfo=UTC))
    IssueFactory(number="soon", order=order, due_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert numbers(look(ordering=ordering)) == expected


def test_a_heading_sorts_and_then_turns_the_order(look):
    IssueFactory()
    first = look(status="open").content.decode()
    assert '<a href="?status=open&amp;ordering=due_at">Next deadline</a>' in first
    sorted_ = look(status="open", ordering="due_at").content.decode()
    assert 'aria-sort="ascending"><a href="?status=open&amp;ordering=-due_at">' in sorted_


def test_pages_follow_each_other_without_a_gap_or_a_double(look):
    order, now = OrderFactory(), clock.now()
    for number in range(7):
        IssueFactory(order=order, due_at=now + timedelta(hours=number // 3) if number < 5 else None)
    page, seen = look(ordering="due_at", limit=3), []
    while True:
        seen += numbers(page)
        if page.context["page"].next is None:
            break
        page = look(page.context["page"].next)
    assert len(seen) == len(set(seen)) == 7


def test_columns_are_chosen_and_unknown_ones_are_none(look):
    IssueFactory(order=OrderFactory(store=StoreFactory(id="berlin")))
    assert look(columns=["store", "nonsense"]).context["columns"] == ["store"]
    assert look(columns="nonsense").context["columns"] == list(queue.USUAL_COLUMNS)
    assert "berlin</td>" in look(columns="store").content.decode()


@pytest.mark.parametrize(
    ("ordering", "last"),
    [("follow_up_date", "follow_up"), ("created_at", "created"), ("-created_at", "updated"), ("due_at", "updated")],
)
def test_what_is_sorted_by_is_shown_unless_columns_were_chosen(look, ordering, last):
    IssueFactory()
    shown = look(ordering=ordering).context["columns"]
    assert shown == [*queue.USUAL_COLUMNS[:-1], last]
    assert look(ordering=ordering, columns="store").context["columns"] == ["store"]
    assert queue.normal({"ordering": [ordering]}) == queue.normal({"ordering": [ordering], "columns": shown})


def test_tags_are_found_and_shown_as_long_as_they_are_on(look, as_, agent):
    issue = IssueFactory()
    change_tags(issue.order_id, issue.pk, add=["fragile", "gift"], actor=as_(agent))
    assert "fragile, gift" in look(columns="tags", tag="gift,other").content.decode()
    change_tags(issue.order_id, issue.pk, remove=["gift"], actor=as_(agent))
    assert numbers(look(tag="gift")) == []


@pytest.mark.parametrize("column", queue.COLUMNS)
def test_every_column_has_a_cell(look, column):
    IssueFactory()
    assert f'<td class="is-{column}"' in look(columns=column).content.decode()


@pytest.mark.parametrize(
    ("distance", "word", "state"),
    [
        (timedelta(hours=-3), "3 h late", "late"),
        (timedelta(minutes=31), "in 30 min", "soon"),
        (timedelta(days=2, hours=1), "in 2 d", "in_time"),
    ],
)
def test_a_deadline_has_its_word_and_its_colour(look, distance, word, state):
    IssueFactory(due_at=clock.now() + distance - timedelta(seconds=1))
    assert f'<span class="badge is-{state}">{word}</span>' in look().content.decode()


def test_who_may_not_see_issues_sees_no_queue():
    stranger = EmployeeFactory()
    stranger.groups.clear()
    assert signed_in(stranger).get(QUEUE).status_code == 403
