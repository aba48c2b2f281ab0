"""What is found among issues of eight weeks: the planted pattern, and nothing where there is none."""

import uuid
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from accounts.actor import Actor, Grants
from common.errors import PermissionDenied, ValidationFailed
from issues.actions.record_problem import record_problem, solve_problem
from issues.models import Issue, Problem, ProblemIssue
from issues.patterns.answer import patterns
from issues.patterns.dimensions import Dimensions
from issues.patterns.find import find_patterns
from issues.patterns.question import question_of
from tests.factories import (
    EmployeeFactory,
    IssueFactory,
    OrderFactory,
    OrderItemFactory,
    StoreFactory,
    TeamFactory,
)
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

UNTIL = datetime(2026, 7, 1, 12, tzinfo=UTC)  # a Wednesday
ALL = Grants(permissions=frozenset(), refund_limit=0, stores=None)
KETTLE = {"store": "boston", "issue_type": "damaged_items", "sku": "KET-1"}


@pytest.fixture
def people(db):
    return EmployeeFactory()


@pytest.fixture
def report(people):
    """``report(days_ago, …)``: an issue opened then."""
    stores = {}

    def report(days_ago, *, store="austin", sku="", issue_type="other", partner="", customer=None):
        stores.setdefault(store, None) or stores.update({store: StoreFactory(id=store)})
        more = {"customer": customer} if customer else {}
        order = OrderFactory(store=stores[store], partner=partner, **more)
        item = OrderItemFactory(order=order, sku=sku) if sku else None
        at = UNTIL - timedelta(days=days_ago)
        return IssueFactory(order=order, order_item=item, issue_type=issue_type, created_at=at, reported_by=people)

    return report


@pytest.fixture
def past(report):
    """One issue of each type in each week, in austin, at this hour of this weekday; and the first one ever."""
    report(80)
    for week in range(1, 9):
        for issue_type in ("other", "wrong_items", "delivery_issue"):
            report(7 * week + 0.3, issue_type=issue_type)


def ask(grants=ALL, **asked_for):
    return question_of({"until": UNTIL.isoformat(), **{name: str(value) for name, value in asked_for.items()}}, grants)


def found(**asked_for):
    return {tuple(each.dimensions.given.items()): each for each in find_patterns(ask(**asked_for)).patterns}


def plant(report, count=6, days_ago=0.2, **what):
    return [report(days_ago, **{**KETTLE, **what}) for _ in range(count)]


def test_quiet_weeks_have_no_pattern(report, past):
    for issue_type in ("other", "wrong_items", "delivery_issue"):
        report(0.3, issue_type=issue_type)
    findings = find_patterns(ask())
    assert (findings.patterns, findings.weeks) == ([], 8)
    assert findings.tested > 3


def test_what_suddenly_recurs_is_found_by_what_it_has_in_common(report, past):
    planted = plant(report)
    patterns_found = found()
    pair = patterns_found[("issue_type", "damaged_items"), ("sku", "KET-1")]
    assert (pair.count, pair.before, pair.expected) == (6, 0, 0)
    assert set(pair.issues) == {issue.pk for issue in planted}
    assert pair.probability == pytest.approx((1 / 9) ** 6)
    assert pair.probability < pair.corrected < 0.05


def test_a_trait_alone_gives_way_to_two_that_tell_the_same(report, past):
    plant(report)
    keys = found().keys()
    assert all(len(key) == 2 for key in keys)
    plant(report, 3, issue_type="quality_issue", store="austin")
    assert (("sku", "KET-1"),) in found(), "now it has more issues than any pair"


def test_it_is_held_against_the_same_hours_alone(report, past):
    """The rush of yesterday noon, of a week ago at midnight, and of nine weeks ago say nothing of this noon."""
    plant(report)
    before = found()
    for elsewhere in (1.5, 7.6 + 0.5, 6.9, 63.2):
        plant(report, 20, days_ago=elsewhere)
    assert {key: each.before for key, each in found().items()} == {key: each.before for key, each in before.items()}


def test_what_always_recurs_at_this_hour_is_no_pattern(report, past):
    for week in range(1, 9):
        plant(report, 6, days_ago=7 * week + 0.2)
    plant(report, 7)
    assert found() == {}


def test_a_smallest_volume_keeps_the_rare_out(report, past):
    plant(report, 4)
    assert found() == {}
    assert found(at_least=4)


def test_each_dimension_and_each_two_are_looked_at(report, past):
    customer = OrderFactory().customer
    plant(report, 8, partner="Blue Courier", customer=customer)
    pairs = {frozenset(name for name, _ in key) for key in found()}
    names = ("store", "issue_type", "sku", "partner", "customer")
    assert pairs == {frozenset((one, other)) for one in names for other in names if one < other}


def test_many_groups_of_chance_give_few_false_alarms(report):
    """A year of noise: of 30 days that are asked about, at most a few have a pattern at all."""
    random = Random(7)
    report(90)
    for _ in range(500):
        report(
            random.uniform(0, 80), store=random.choice("abcd"), issue_type=random.choice(["other", "wrong_items"]),
            sku=f"S{random.randint(1, 8)}", partner=random.choice(["", "P", "Q"]),
        )  # fmt: skip
    with_one = 0
    for day in range(20):
        question = question_of({"until": (UNTIL - timedelta(days=day)).isoformat(), "at_least": "3"}, ALL)
        with_one += bool(find_patterns(question).patterns)
    assert with_one <= 3


def test_without_a_past_nothing_is_found(report):
    plant(report, 10)
    findings = find_patterns(ask())
    assert (findings.weeks, findings.patterns) == (0, [])


def test_a_short_past_is_enough_for_a_rush(report):
    report(8)
    plant(report, 30)
    findings = find_patterns(ask())
    assert findings.weeks == 1
    assert findings.patterns


def test_what_stood_there_yesterday_is_not_new(report, past):
    plant(report, 6, days_ago=1.2)
    plant(report, 6)
    plant(report, 6, sku="CUP-2", store="austin", issue_type="quality_issue")
    news = {row["dimensions"]["sku"]: row["is_new"] for row in patterns(ask())["patterns"] if row["dimensions"]["sku"]}
    assert news == {"KET-1": False, "CUP-2": True}


def test_who_sees_one_store_finds_its_patterns(report, past):
    plant(report)
    team = TeamFactory()
    team.stores.add("austin")
    theirs = Grants.of_employee(EmployeeFactory(role="Manager", team=team))
    assert find_patterns(ask(theirs)).patterns == []


# Problems

DAMAGED_KETTLES = Dimensions(issue_type="damaged_items", sku="KET-1")


@pytest.fixture
def manager(max_):
    return Actor(employee=max_, via="web")


def test_a_pattern_becomes_a_problem_with_its_issues(report, manager):
    issues = plant(report, 3)
    ids = [issue.pk for issue in issues]
    problem, is_new = record_problem(DAMAGED_KETTLES, ids, actor=manager, title=" Kettles crack ")
    assert (is_new, problem.title, problem.status, problem.sku) == (True, "Kettles crack", "open", "KET-1")
    assert set(problem.links.values_list("issue", flat=True)) == set(ids)
    row = problem.history.get()
    assert (row.history_user, row.via) == (manager.employee, "web")
    assert set(Issue.objects.values_list("version", flat=True)) == {1}, "no issue has changed"


def test_the_same_pattern_again_links_the_newer_issues(report, manager):
    first = record_problem(DAMAGED_KETTLES, [plant(report, 1)[0].pk], actor=manager, title="Kettles crack")[0]
    ids = list(Issue.objects.filter(pk__in=[issue.pk for issue in plant(report, 2)]).values_list("pk", flat=True))
    again, is_new = record_problem(DAMAGED_KETTLES, [*ids, first.links.get().issue_id], actor=manager)
    assert (again, is_new, again.links.count()) == (first, False, 3)


def test_a_solved_problem_may_come_back_as_another(report, manager):
    ids = [plant(report, 1)[0].pk]
    first, _ = record_problem(DAMAGED_KETTLES, ids, actor=manager, title="Kettles crack")
    assert solve_problem(first.pk, actor=manager).status == "solved"
    assert [row.status for row in first.history.order_by("history_id")] == ["open", "solved"]
    second, is_new = record_problem(DAMAGED_KETTLES, ids, actor=manager, title="Again")
    assert is_new
    assert second != first


def test_an_agent_records_none(report, alice):
    ids = [plant(report, 1)[0].pk]
    with nothing_happens(), pytest.raises(PermissionDenied):
        record_problem(DAMAGED_KETTLES, ids, actor=Actor(employee=alice, via="web"), title="Kettles crack")
    assert not Problem.objects.exists()


@pytest.mark.parametrize("wrong", ["title", "nothing in common", "no issue", "another issue", "unknown issue"])
def test_what_is_unfit_leaves_nothing(report, manager, wrong):
    ids, dimensions, title = [plant(report, 1)[0].pk], DAMAGED_KETTLES, "Kettles crack"
    title = " " if wrong == "title" else title
    dimensions = Dimensions() if wrong == "nothing in common" else dimensions
    ids = [] if wrong == "no issue" else ids
    ids += [report(1).pk] if wrong == "another issue" else [uuid.uuid4()] if wrong == "unknown issue" else []
    with nothing_happens(), pytest.raises(ValidationFailed):
        record_problem(dimensions, ids, actor=manager, title=title)
    assert not Problem.objects.exists()
    assert not ProblemIssue.objects.exists()


def test_orders_with_the_same_item_and_no_complaint_are_listed(report):
    plant(report, 1)
    silent, other_store = OrderFactory(store_id="boston"), OrderFactory()
    for order, sku in ((silent, "KET-1"), (other_store, "KET-1"), (OrderFactory(store_id="boston"), "CUP-2")):
        OrderItemFactory(order=order, sku=sku)
    assert set(Dimensions(sku="KET-1").silent_orders(ALL)) == {silent, other_store}
    assert set(Dimensions(sku="KET-1", store="boston").silent_orders(ALL)) == {silent}
    IssueFactory(order=silent)
    assert set(Dimensions(sku="KET-1", store="boston").silent_orders(ALL)) == set()
