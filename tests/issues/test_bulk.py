"""Several issues at once: each by the one use-case, none stopped by another, and a preview that leaves no trace."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import ValidationFailed
from issues.actions.bulk import MOST, Chosen, bulk_update, preview_bulk
from issues.actions.update import update_issue
from issues.models import Issue
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db


def chosen(*issues: Issue) -> list[Chosen]:
    return [Chosen(issue.order_id, issue.pk, issue.version) for issue in issues]


def codes(outcomes) -> list[str]:
    """Of each outcome the code of its refusal, or nothing."""
    return [outcome.refusal.code if outcome.refusal else "" for outcome in outcomes]


def test_each_is_changed_as_by_itself_with_its_own_history(alice, as_):
    order = OrderFactory()
    issues = [IssueFactory(order=order) for _ in range(3)]
    changes = {"assigned_to": alice, "priority": "high", "status": "investigating", "notes": "Taken together."}
    outcomes = bulk_update(chosen(*issues), changes, actor=as_(alice))
    assert codes(outcomes) == ["", "", ""]
    for issue in Issue.objects.all():
        assert (issue.assigned_to, issue.priority, issue.status, issue.version) == (alice, "high", "investigating", 2)
        assert issue.notes.get().body == "Taken together."
        assert issue.history.first().history_user == alice


def test_outcomes_come_in_the_order_in_which_the_issues_were_chosen(alice, as_):
    issues = [IssueFactory() for _ in range(4)][::-1]
    outcomes = bulk_update(chosen(*issues, *issues), {"priority": "low"}, actor=as_(alice))
    assert [outcome.chosen.issue_id for outcome in outcomes] == [issue.pk for issue in issues]


def test_one_bad_row_stops_no_other_and_is_left_as_it_was(alice, as_):
    good, closed = IssueFactory(), IssueFactory(status="closed")
    before = Issue.objects.filter(pk=closed.pk).values().get()
    rows = [*chosen(closed, good), Chosen(good.order_id, UUID(int=5), 1)]
    assert codes(bulk_update(rows, {"priority": "high", "notes": "Now."}, actor=as_(alice))) == [
        "ISSUE_CLOSED", "", "ISSUE_NOT_FOUND",
    ]  # fmt: skip
    good.refresh_from_db()
    assert good.priority == "high"
    assert Issue.objects.filter(pk=closed.pk).values().get() == before
    assert closed.notes.count() == 0
    assert closed.history.count() == 1


@pytest.mark.parametrize(
    ("fields", "changes", "code"),
    [
        ({"status": "closed"}, {"priority": "high", "notes": "Now."}, "ISSUE_CLOSED"),
        ({"status": "open"}, {"status": "resolved", "notes": "Done."}, "INVALID_STATUS_TRANSITION"),
        ({"status": "resolved"}, {"status": "closed", "notes": "Done."}, "PERMISSION_DENIED"),
        ({"status": "in_progress"}, {"status": "resolved"}, "VALIDATION_ERROR"),
        ({"version": 3}, {"priority": "low"}, "STALE_ISSUE"),
    ],
)
def test_whatever_is_refused_leaves_nothing_behind(alice, as_, fields, changes, code):
    issue = IssueFactory(**fields)
    rows = [Chosen(issue.order_id, issue.pk, 1)]
    with nothing_happens():
        assert codes(bulk_update(rows, changes, actor=as_(alice))) == [code]
        assert codes(preview_bulk(rows, changes, actor=as_(alice))) == [code]


def test_a_row_that_changed_since_it_was_looked_at_is_refused_and_the_others_done(alice, sofia, as_):
    changed, quiet = IssueFactory(), IssueFactory()
    rows = chosen(changed, quiet)
    update_issue(changed.order_id, changed.pk, {"priority": "low"}, actor=as_(sofia))
    assert codes(bulk_update(rows, {"priority": "high", "notes": "Now."}, actor=as_(alice))) == ["STALE_ISSUE", ""]
    assert sorted(Issue.objects.values_list("priority", flat=True)) == ["high", "low"]


def test_whoever_may_not_work_issues_changes_none_of_them(issue, as_):
    stranger = EmployeeFactory()
    stranger.groups.clear()
    with nothing_happens():
        assert codes(bulk_update(chosen(issue), {"priority": "low"}, actor=as_(stranger))) == ["PERMISSION_DENIED"]


def test_a_preview_tells_what_would_be_done_and_does_nothing(alice, as_):
    issues = [IssueFactory(), IssueFactory(status="closed"), IssueFactory(priority="high")]
    changes = {"priority": "high", "notes": "Now.", "assigned_to": alice}
    with nothing_happens():
        previewed = preview_bulk(chosen(*issues), changes, actor=as_(alice))
    assert codes(previewed) == ["", "ISSUE_CLOSED", ""]
    done = bulk_update(chosen(*issues), changes, actor=as_(alice))
    assert codes(done) == codes(previewed)
    told = [outcome.updated and outcome.updated.updated_fields for outcome in done]
    assert [outcome.updated and outcome.updated.updated_fields for outcome in previewed] == told


@pytest.mark.parametrize("deed", [bulk_update, preview_bulk])
@pytest.mark.parametrize(
    ("count", "changes", "field"),
    [
        (0, {"priority": "low"}, "rows"),
        (MOST + 1, {"priority": "low"}, "rows"),
        (1, {}, "changes"),
        (1, {"refund_amount": 5, "refund_source": "merchant"}, "changes"),
    ],
)
def test_what_no_issue_could_take_is_refused_as_a_whole(alice, as_, deed, count, changes, field):
    issue = IssueFactory()
    rows = [Chosen(issue.order_id, UUID(int=number), 1) for number in range(count)]
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        deed(rows, changes, actor=as_(alice))
    assert refusal.value.errors.keys() == {field}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statuses=st.lists(st.sampled_from(["open", "in_progress", "resolved", "closed"]), min_size=1, max_size=6))
def test_the_good_rows_are_done_wherever_the_bad_ones_stand(alice, as_, order, statuses):
    issues = [IssueFactory(order=order, status=status) for status in statuses]
    outcomes = bulk_update(chosen(*issues), {"priority": "low"}, actor=as_(alice))
    assert [bool(outcome.refusal) for outcome in outcomes] == [status == "closed" for status in statuses]
    for issue, status in zip(issues, statuses, strict=True):
        issue.refresh_from_db()
        assert (issue.priority == "low", issue.version == 2) == (status != "closed",) * 2
