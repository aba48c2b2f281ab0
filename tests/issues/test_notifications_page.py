"""The page on which somebody says how they hear of things."""

from datetime import time

import pytest
from django.urls import reverse

from events import kinds
from events.models import Mode, NotificationChoice, NotificationSettings
from events.preferences import preferences_of
from issues.forms.notifications import MODES, NotificationsForm
from issues.notifications import STAFF
from tests.doors.doors import signed_in

pytestmark = pytest.mark.django_db

PAGE = "web:notifications"


def filled_in(browser, **changes):
    form = browser.get(reverse(PAGE)).context["form"]
    shown = {field.html_name: field.value() for field in form}
    shown = {name: value.strftime("%H:%M") if isinstance(value, time) else value for name, value in shown.items()}
    return {name: value for name, value in (shown | changes).items() if value not in (None, False)}


def test_what_is_chosen_is_kept_and_shown_again(alice):
    browser = signed_in(alice)
    chosen = {"assigned": "off", "reopened": "digest", "quiet_from": "22:00", "quiet_to": "06:30"}
    answer = browser.post(reverse(PAGE), filled_in(browser, time_zone="Europe/Berlin", **chosen))
    assert answer.status_code == 302
    own = preferences_of([alice.pk])[alice.pk]
    assert (own.modes["assigned"], own.modes["reopened"], own.modes["created"]) == ("off", "digest", "at_once")
    assert (own.settings.quiet_from, own.settings.quiet_to) == (time(22), time(6, 30))
    assert filled_in(browser)["time_zone"] == "Europe/Berlin"
    assert filled_in(browser)["assigned"] == "off"


def test_every_kind_can_be_chosen_or_is_said_to_come_at_once(alice):
    page = signed_in(alice).get(reverse(PAGE)).content.decode()
    assert {kind for kind, _ in STAFF.values()} <= {kind.name for kind in kinds.described()}
    assert all(kind.label.replace("'", "&#x27;") in page for kind in kinds.described())


def test_half_a_night_is_refused_at_its_field(alice):
    browser = signed_in(alice)
    answer = browser.post(reverse(PAGE), filled_in(browser, quiet_from="22:00", assigned="off"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["quiet_to"]
    assert not NotificationChoice.objects.exists()
    assert not NotificationSettings.objects.exists()


def test_urgent_kinds_are_no_fields_of_the_form(alice, as_):
    names = set(NotificationsForm(actor=as_(alice)).fields)
    assert names.isdisjoint(kind.name for kind in kinds.described() if kind.is_urgent)


def test_a_chat_address_is_not_shown_and_can_be_forgotten(alice):
    browser = signed_in(alice)
    secret = "TIiajkdnlazkcOXrIdevi7FQ"
    browser.post(reverse(PAGE), filled_in(browser, chat=f"slack://T1JJ3T3L2/A1BRTD4JD/{secret}/#orders"))
    assert NotificationSettings.objects.get().chat
    assert secret not in browser.get(reverse(PAGE)).content.decode()
    browser.post(reverse(PAGE), filled_in(browser))
    assert NotificationSettings.objects.get().chat
    browser.post(reverse(PAGE), filled_in(browser, no_chat="on"))
    assert NotificationSettings.objects.get().chat == ""


def test_nobody_signed_out_comes_here(client):
    assert client.get(reverse(PAGE)).status_code == 302


def test_the_modes_are_those_of_the_rule():
    assert [mode for mode, _ in MODES] == Mode.values
