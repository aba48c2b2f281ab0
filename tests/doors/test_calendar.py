"""The calendar of one's follow-ups: by a secret address that is shown once and ends when it is wanted."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from issues.models import CalendarLink
from tests.factories import IssueFactory, StoreFactory, TeamFactory

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def browser(alice):
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make(browser) -> str:
    """The path of a new address."""
    page = browser.post(reverse("web:calendar"), {"deed": "make"})
    return re.search(r'value="http://testserver([^"]+\.ics)"', page.content.decode())[1]


def events(path: str) -> list:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_it_shows_number_kind_and_link_and_nothing_of_the_customer(browser, alice):
    issue = IssueFactory(assigned_to=alice, follow_up_required=True, follow_up_date=NOON)
    path = make(browser)
    (event,) = events(path)
    assert str(event["summary"]) == f"Follow up {issue.number}: damaged items"
    assert event["dtstart"].dt == NOON
    assert str(event["url"]).endswith(reverse("web:issue", args=[issue.pk]))
    text = Client().get(path).content.decode()
    customer = issue.order.customer
    for private in (customer.name, customer.email, issue.description, issue.order_id):
        assert private not in text


def test_the_last_moment_there_is_has_its_place(browser, alice):
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    IssueFactory(assigned_to=alice, follow_up_required=True, follow_up_date=last)
    (event,) = events(make(browser))
    assert event["dtstart"].dt == last <= event["dtend"].dt


def test_it_shows_what_is_mine_open_and_in_a_store_that_i_see(browser, alice, max_):
    mine = IssueFactory(assigned_to=alice, follow_up_required=True, follow_up_date=NOON)
    IssueFactory(assigned_to=max_, follow_up_required=True, follow_up_date=NOON)
    IssueFactory(assigned_to=alice, follow_up_required=True)
    IssueFactory(assigned_to=alice)
    path = make(browser)
    assert [str(event["uid"]) for event in events(path)] == [f"{mine.pk}@redress"]
    alice.team = TeamFactory()
    alice.team.stores.add(StoreFactory())
    alice.save()
    assert events(path) == []


def test_a_moved_one_is_the_same_event_elsewhere(browser, alice):
    issue = IssueFactory(assigned_to=alice, follow_up_required=True, follow_up_date=NOON)
    path = make(browser)
    before = events(path)[0]["uid"]
    type(issue).objects.filter(pk=issue.pk).update(follow_up_date=NOON + timedelta(days=1))
    (event,) = events(path)
    assert (event["uid"], event["dtstart"].dt) == (before, NOON + timedelta(days=1))


def test_the_secret_is_long_kept_as_a_hash_and_shown_once(browser):
    path = make(browser)
    token = path.rpartition("/")[2].removesuffix(".ics")
    assert len(token) * 6 >= 128
    assert CalendarLink.objects.get().token_hash == CalendarLink.hash_of(token) != token
    assert token not in browser.get(reverse("web:calendar")).content.decode()


def test_another_ends_the_first_and_switching_off_ends_both(browser):
    first = make(browser)
    second = make(browser)
    assert Client().get(first).status_code == 404
    assert events(second) == []
    browser.post(reverse("web:calendar"), {"deed": "end"})
    assert Client().get(second).status_code == 404
    assert not CalendarLink.objects.exists()


def test_who_may_read_no_issues_any_more_has_none(browser, alice):
    path = make(browser)
    alice.groups.clear()
    assert Client().get(path).status_code == 404


def test_nobody_guesses_one_and_who_has_left_has_none(browser, alice):
    path = make(browser)
    assert Client().get(reverse("web:calendar_feed", args=["wrong"])).status_code == 404
    alice.is_active = False
    alice.save()
    assert Client().get(path).status_code == 404


def test_only_who_is_signed_in_makes_one(db):
    answer = Client().post(reverse("web:calendar"), {"deed": "make"})
    assert answer.status_code == 302
    assert not CalendarLink.objects.exists()
