"""Tags, links and merges on the issue's page: the same forms at both doors, without JavaScript."""

import uuid

import pytest
from django.urls import reverse

from issues.actions.merge import merge_issue
from issues.desk_beside import FORMS_BESIDE
from issues.models import Issue, IssueLink
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db


class Door:
    def __init__(self, page: str, form: str) -> None:
        self.page, self.form = page, form

    def show(self, browser, issue, **asked):
        return browser.get(reverse(self.page, args=[issue.pk]), asked)

    def send(self, browser, issue, form, **sent):
        address = reverse(self.form.format(form), args=[issue.pk])
        return browser.post(address, {"form_id": uuid.uuid4(), **sent})


@pytest.fixture(params=["web", "admin"])
def door(request):
    return {
        "web": Door("web:issue", "web:{}"),
        "admin": Door("admin:issues_issue_change", "admin:issues_issue_{}"),
    }[request.param]


@pytest.fixture
def browser(alice):
    return signed_in(alice)


@pytest.fixture
def other(order):
    return IssueFactory(order=order)


def test_tags_are_put_on_and_taken_off(door, browser, issue):
    assert door.send(browser, issue, "tags", add="Fragile, vip").status_code == 302
    shown = door.show(browser, issue).content.decode()
    assert 'value="fragile"' in shown
    door.send(browser, issue, "tags", remove="fragile")
    assert [tag.name for tag in issue.tags.on()] == ["vip"]


def test_a_tag_that_is_refused_is_told_at_its_field(door, browser, issue):
    with nothing_happens():
        answers = [door.send(browser, issue, "tags", add=words) for words in ("<b>", "")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "letters, digits and hyphens" in answers[0].content.decode()


def test_issues_are_linked_and_the_link_removed(door, browser, issue, other):
    door.send(browser, issue, "links", kind="caused_by", number=other.number.lower())
    assert "was caused by" in door.show(browser, issue).content.decode()
    assert "caused <a" in door.show(browser, other).content.decode()
    door.send(browser, other, "unlink", link=IssueLink.objects.get().pk)
    assert IssueLink.objects.get().removed_at


def test_a_link_to_nothing_is_told_at_its_field(door, browser, issue):
    with nothing_happens():
        answer = door.send(browser, issue, "links", kind="related", number="ISS-2026-999999")
    assert (answer.status_code, "There is no such issue" in answer.content.decode()) == (422, True)


def test_a_merge_is_shown_before_it_is_done_and_undone_after_it(door, browser, issue, other):
    with nothing_happens():
        shown = door.show(browser, issue, merge=other.number).content.decode()
    assert f"Merge into {other.number}" in shown
    assert "Open → Investigating → In progress → Resolved" in shown
    door.send(browser, issue, "merge", number=other.number, version=issue.version)
    assert Issue.objects.get(pk=issue.pk).status == "resolved"
    assert "Undo the merge" in door.show(browser, issue).content.decode()
    door.send(browser, issue, "unmerge")
    assert Issue.objects.get(pk=issue.pk).status == "open"


def test_a_merge_that_can_not_be_is_shown_with_its_reason_and_without_a_button(door, browser, issue):
    for number, reason in ((IssueFactory().number, "Link the two instead"), (issue.number, "no such other issue")):
        shown = door.show(browser, issue, merge=number).content.decode()
        assert reason in shown
        assert f"Merge into {number}" not in shown


def test_a_merge_of_a_changed_issue_is_refused_and_shown_again(door, browser, issue, other):
    with nothing_happens():
        answer = door.send(browser, issue, "merge", number=other.number, version=issue.version + 1)
    assert answer.status_code == 422
    assert "STALE_ISSUE" in answer.content.decode()


def test_a_merge_is_undone_once_and_a_second_try_is_told_so(door, browser, issue, other, alice, as_):
    merge_issue(issue.order_id, issue.pk, other.number, actor=as_(alice))
    door.send(browser, issue, "unmerge")
    with nothing_happens():
        answer = door.send(browser, issue, "unmerge")
    assert (answer.status_code, "not merged" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("form", FORMS_BESIDE)
def test_an_issue_of_a_store_that_is_not_seen_is_not_found(door, issue, form):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    with nothing_happens():
        assert door.send(signed_in(EmployeeFactory(team=team)), issue, form).status_code in (302, 404)


@pytest.mark.parametrize("form", FORMS_BESIDE)
def test_who_may_only_read_is_refused_everything(door, issue, other, form):
    reader = EmployeeFactory()
    reader.groups.clear()
    sent = {"add": "x", "kind": "related", "number": other.number, "version": 1, "use": "note", "body": "x"}
    with nothing_happens():
        assert door.send(signed_in(reader), issue, form, **sent).status_code in (403, 404, 422)
