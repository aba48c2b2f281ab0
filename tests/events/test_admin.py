"""The outbox in the admin: administrators see what was given up, and have it told again."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.roles import ADMINISTRATOR
from common.errors import NotFound, PermissionDenied
from events.actions.tell_again import tell_again
from events.models import Event
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens


@pytest.fixture
def given_up(db):
    return Event.objects.create(name="test.thunder", via="system", next_attempt_at=None, last_error="no", attempts=18)


@pytest.fixture
def told(db):
    return Event.objects.create(name="test.rain", via="system", next_attempt_at=None)


LIST = "admin:events_event_changelist"
SURE = {"_form_submitted": "true"}


def address(event, step="change"):
    return reverse(f"admin:events_event_{step}", args=[event.pk])


def test_what_was_given_up_is_a_list(browse, ada, given_up, told):
    listed = browse(ada).get(reverse(LIST), {"state": "given_up"}).content.decode()
    assert "test.thunder" in listed
    assert "test.rain" not in listed


def test_it_is_told_again(browse, ada, given_up):
    browser = browse(ada)
    assert browser.get(address(given_up, "try_anew")).status_code == 200
    browser.post(address(given_up, "try_anew"), SURE)
    given_up.refresh_from_db()
    assert given_up.next_attempt_at is not None
    assert given_up.attempts == 0
    noted = LogEntry.objects.get()
    assert (noted.change_message, noted.user, noted.object_id) == ("Told again.", ada, str(given_up.pk))
    assert "Told again." in browser.get(address(given_up, "history")).content.decode()


@pytest.fixture
def elsewhere(order):
    """Given up, about an order that stands in a store that Ida does not see."""
    fields = {"name": "test.hail", "via": "system", "next_attempt_at": None, "last_error": "secret of theirs"}
    return Event.objects.create(order_id=order.pk, **fields)


@pytest.fixture
def ida(db):
    team = TeamFactory()
    team.stores.add(StoreFactory(id="hers"))
    return EmployeeFactory(role=ADMINISTRATOR, team=team)


def test_of_other_stores_there_is_none(browse, ida, elsewhere, given_up):
    browser = browse(ida)
    assert b"test." not in browser.get(reverse(LIST)).content
    for event in (elsewhere, given_up):
        for step in ("change", "history"):
            assert browser.get(address(event, step)).status_code in (302, 404)
        with nothing_happens():
            assert browser.post(address(event, "try_anew"), SURE).status_code == 403
    assert not LogEntry.objects.exists()


def test_of_her_own_store_it_is_told_again(browse, ida, elsewhere, order):
    ida.team.stores.add(order.store)
    browser = browse(ida)
    assert b"test.hail" in browser.get(reverse(LIST)).content
    assert browser.post(address(elsewhere, "try_anew"), SURE).status_code == 303
    elsewhere.refresh_from_db()
    assert elsewhere.next_attempt_at is not None


def test_the_action_itself_refuses(ida, alice, as_, elsewhere, told):
    with nothing_happens():
        for event, employee, refusal in (
            (elsewhere, ida, NotFound),
            (elsewhere, alice, PermissionDenied),
            (told, ida, NotFound),
        ):
            with pytest.raises(refusal):
                tell_again(event.pk, actor=as_(employee))
    assert not LogEntry.objects.exists()


def test_what_was_told_is_not_told_again(browse, ada, told):
    assert browse(ada).post(address(told, "try_anew"), {"_form_submitted": "true"}).status_code == 403
    told.refresh_from_db()
    assert told.next_attempt_at is None


@pytest.mark.parametrize("who", ["alice", "max_"])
def test_others_see_nothing_of_it(browse, request, given_up, who):
    browser = browse(request.getfixturevalue(who))
    assert browser.get(reverse(LIST)).status_code == 403
    assert browser.post(address(given_up, "try_anew"), {"_form_submitted": "true"}).status_code == 403


def test_nothing_is_added_changed_or_deleted(browse, ada, told):
    browser = browse(ada)
    assert browser.get(reverse("admin:events_event_add")).status_code == 403
    assert browser.post(address(told), {"name": "test.sun"}).status_code == 403
    assert browser.post(address(told, "delete"), {"post": "yes"}).status_code == 403
