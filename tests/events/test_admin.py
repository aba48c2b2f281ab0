"""The outbox in the admin: administrators see what was given up, and have it told again."""

import pytest
from django.urls import reverse

from events.models import Event


@pytest.fixture
def browse(client):
    def as_employee(employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_employee


@pytest.fixture
def given_up(db):
    return Event.objects.create(name="test.thunder", via="system", next_attempt_at=None, last_error="no", attempts=18)


@pytest.fixture
def told(db):
    return Event.objects.create(name="test.rain", via="system", next_attempt_at=None)


LIST = "admin:events_event_changelist"


def address(event, step="change"):
    return reverse(f"admin:events_event_{step}", args=[event.pk])


def test_what_was_given_up_is_a_list(browse, ada, given_up, told):
    listed = browse(ada).get(reverse(LIST), {"state": "given_up"}).content.decode()
    assert "test.thunder" in listed
    assert "test.rain" not in listed


def test_it_is_told_again(browse, ada, given_up):
    browser = browse(ada)
    assert browser.get(address(given_up, "try_anew")).status_code == 200
    browser.post(address(given_up, "try_anew"), {"_form_submitted": "true"})
    given_up.refresh_from_db()
    assert given_up.next_attempt_at is not None
    assert given_up.attempts == 0


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
