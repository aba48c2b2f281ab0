"""Tags: few words on an issue, written one way, with an audit; the list is narrowed by them."""

import pytest

from accounts.roles import AGENT
from common.audit import broken_links
from common.errors import PermissionDenied, ValidationFailed
from events.models import Event
from issues.actions.tag import MOST, change_tags
from issues.errors import IssueNotFound
from issues.listing import listed
from issues.models import Issue, IssueTag
from issues.story import story_of
from issues.timeline import entries_of
from orders.errors import OrderNotFound
from tests.api_client import ApiClient, path_of
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory, key_for
from tests.untouched import nothing_happens


@pytest.fixture
def tag(as_, alice):
    """``tag(issue, "fragile", …)``: by Alice."""
    return lambda issue, *names, **more: change_tags(issue.order_id, issue.pk, add=names, actor=as_(alice), **more)


def test_a_tag_is_written_one_way_however_it_is_typed(tag, issue):
    assert tag(issue, " Very  FRAGILE ", "very fragile", "Straße") == ["strasse", "very-fragile"]
    assert issue.tags.on().count() == 2


def test_putting_on_what_is_there_is_no_change(tag, issue):
    tag(issue, "vip")
    with nothing_happens():
        assert tag(issue, "VIP") == ["vip"]
    assert issue.tags.get().version == 1


def test_a_tag_that_was_taken_off_is_put_on_again_as_the_same_row_with_an_unbroken_audit(tag, issue, alice):
    tag(issue, "vip")
    assert tag(issue, remove=["VIP"]) == []
    tag(issue, "vip")
    row = IssueTag.objects.get()
    assert [each.is_on for each in row.history.order_by("history_id")] == [True, False, True]
    assert (row.version, row.history.first().history_user) == (3, alice)
    assert not list(broken_links(row))


def test_taking_off_what_is_not_there_is_no_error(tag, issue):
    with nothing_happens():
        assert tag(issue, remove=["vip"]) == []


def test_the_issue_itself_is_not_changed_by_a_tag(tag):
    closed = IssueFactory(status="closed")
    tag(closed, "vip")
    assert Issue.objects.get(pk=closed.pk).version == closed.version


@pytest.mark.parametrize("name", ["<b>", "a,b", "x" * 33, "", "  ", "-a", "a\x00", "😀"])
def test_what_is_no_word_is_refused(tag, issue, name):
    with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
        tag(issue, "good", name)
    assert list(refusal.value.errors) == ["add"]
    assert not IssueTag.objects.exists()


def test_an_issue_has_few_tags(tag, issue):
    tag(issue, *(f"tag{number}" for number in range(MOST)))
    with nothing_happens(), pytest.raises(ValidationFailed):
        tag(issue, "one-more")
    assert "one-more" in tag(issue, "one-more", remove=["tag0"])


def test_tagging_needs_the_permission_to_work_on_issues(issue, as_):
    reader = EmployeeFactory(role=AGENT)
    reader.groups.clear()
    with nothing_happens(), pytest.raises(PermissionDenied):
        change_tags(issue.order_id, issue.pk, add=["vip"], actor=as_(reader))


def test_an_issue_of_a_store_that_is_not_seen_does_not_exist(issue, as_):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    elsewhere = EmployeeFactory(team=team)
    with nothing_happens(), pytest.raises(OrderNotFound):
        change_tags(issue.order_id, issue.pk, add=["vip"], actor=as_(elsewhere))
    with pytest.raises(IssueNotFound):
        change_tags(OrderFactory().pk, issue.pk, add=["vip"], actor=as_(EmployeeFactory()))


def test_the_event_says_what_was_put_on_and_taken_off(tag, issue):
    tag(issue, "a")
    tag(issue, "b", remove=["a"])
    told = [event.data for event in Event.objects.filter(name="issue.tagged").order_by("pk")]
    assert told == [{"added": ["a"], "removed": []}, {"added": ["b"], "removed": ["a"]}]


def test_the_story_tells_of_tags(tag, issue, alice):
    tag(issue, "vip")
    tag(issue, remove=["vip"])
    entries, _ = entries_of(Issue.objects.get(pk=issue.pk))
    assert [entry.data for entry in entries[1:]] == [
        {"field": "tag", "before": None, "after": "vip"},
        {"field": "tag", "before": "vip", "after": None},
    ]
    passages, _ = story_of(Issue.objects.get(pk=issue.pk))
    assert [part.deed for part in passages[0].parts] == ["tagged it “vip”", "took the tag “vip” off"]
    assert passages[0].who == alice.name


def test_the_list_is_narrowed_by_tags_that_are_on(tag, issue, alice, as_):
    other, bare = IssueFactory(), IssueFactory()
    tag(issue, "Very fragile")
    tag(other, "vip")
    tag(bare, "vip")
    tag(bare, remove=["vip"])

    def found(*names):
        issues, _ = listed({"tag": [",".join(names)]}, as_(alice))
        return set(issues)

    assert found("very fragile") == {issue}
    assert found("VIP", "very-fragile") == {issue, other}
    assert found("nothing") == set()


def test_the_api_narrows_by_tag_and_answers_the_fields_of_the_contract_alone(tag, issue, alice):
    IssueFactory()
    tag(issue, "vip")
    api = ApiClient(key_for(alice))
    rows = api.get("/issues?tag=vip").json()["results"]
    assert [row["issue_id"] for row in rows] == [str(issue.pk)]
    assert "tags" not in api.get(path_of(issue)).json()
    timeline = api.get(f"{path_of(issue)}/timeline").json()["results"]
    assert (timeline[-1]["type"], timeline[-1]["data"]["after"]) == ("field_changed", "vip")
