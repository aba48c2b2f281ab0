"""What the issue's page and the API say of its deadlines."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from common import clock
from issues.forms.follow_up import FollowUpForm
from issues.models import BusinessHours, SlaPolicy
from issues.sla.explain import explain
from issues.templatetags.deadlines import span
from tests.api_client import ApiClient, path_of
from tests.factories import AuditedFactory, key_for
from tests.sla.conftest import MONDAY
from tests.untouched import nothing_happens

HOUR = timedelta(hours=1)


class HoursFactory(AuditedFactory):
    class Meta:
        model = BusinessHours


def told(issue, at, target="resolution") -> list[tuple]:
    """(state, hours since Monday at 9 from and to, hours counted) of each segment."""
    (found,) = [each for each in explain(issue, at=at) if each.clock.target == target]
    return [
        (each.state, (each.start - MONDAY) / HOUR, (each.end - MONDAY) / HOUR, each.counted / HOUR)
        for each in found.segments
    ]


def test_running_and_waiting_follow_each_other(policy, desk):
    policy(resolution=600)
    desk.open(MONDAY)
    desk.say(MONDAY + 2 * HOUR, "outbound")
    issue = desk.say(MONDAY + 5 * HOUR, "inbound")
    assert told(issue, MONDAY + 6 * HOUR) == [
        ("running", 0, 2, 2), ("waiting_for_customer", 2, 5, 0), ("running", 5, 6, 1),
    ]  # fmt: skip


def test_hours_in_which_nobody_works_are_segments_of_their_own(policy, desk):
    policy(resolution=1200, in_business_hours=True)
    HoursFactory()
    issue = desk.open(MONDAY - 2 * HOUR)
    assert told(issue, MONDAY + 25 * HOUR) == [
        ("closed", -2, 0, 0), ("running", 0, 8, 8), ("closed", 8, 24, 0), ("running", 24, 25, 1),
    ]  # fmt: skip


def test_round_the_clock_days_are_not_torn_apart(policy, desk):
    policy(resolution=60_000)
    assert told(desk.open(MONDAY), MONDAY + 100 * HOUR) == [("running", 0, 100, 100)]


def test_a_very_long_stretch_is_told_in_one(policy, desk):
    policy(resolution=60_000, in_business_hours=True)
    HoursFactory()
    ((state, start, end, counted),) = told(desk.open(MONDAY), MONDAY + timedelta(days=70))
    assert (state, start, end, counted) == ("running", 0, 1680, 400)


@pytest.mark.parametrize(
    ("deeds", "state"),
    [
        ([], "running"),
        ([("say", 1, "outbound")], "waiting_for_customer"),
        ([("beat", 20)], "late"),
    ],
)
def test_a_clock_says_how_it_stands(policy, desk, deeds, state):
    policy(resolution=600)
    issue = desk.open(MONDAY)
    for name, hours, *rest in deeds:
        issue = getattr(desk, name)(MONDAY + hours * HOUR, *rest)
    assert explain(issue, at=MONDAY + deeds[-1][1] * HOUR if deeds else MONDAY)[0].state == state


@pytest.mark.parametrize(("answered", "state"), [(1, "met"), (3, "met_late")])
def test_an_answer_is_in_time_or_late(policy, desk, answered, state):
    policy(first_response=120)
    desk.open(MONDAY)
    issue = desk.say(MONDAY + answered * HOUR, "outbound")
    assert explain(issue, at=MONDAY + 9 * HOUR)[0].state == state


def test_the_api_tells_it_and_keeps_it_when_the_policy_changes(policy, desk, max_):
    mine = policy(resolution=600)
    issue = desk.open(MONDAY)
    api = ApiClient(key_for(max_))
    with clock.as_if_at(MONDAY + HOUR):
        before = api.get(f"{path_of(issue)}/sla").json()
    SlaPolicy.objects.filter(pk=mine.pk).update(resolution=1, name="other", version=2)
    with clock.as_if_at(MONDAY + HOUR):
        assert api.get(f"{path_of(issue)}/sla").json() == before
    (told_clock,) = before["clocks"]
    assert told_clock["segments"] == [
        {
            "state": "running",
            "from": "2026-06-15T09:00:00Z",
            "to": "2026-06-15T10:00:00Z",
            "counted_seconds": 3600,
            "policy": "mine",
        }
    ]
    assert {name: told_clock[name] for name in ("due_at", "used_seconds", "allowed_seconds", "policy_version")} == {
        "due_at": "2026-06-15T19:00:00Z", "used_seconds": 3600, "allowed_seconds": 36000, "policy_version": 1,
    }  # fmt: skip


def test_the_contracts_own_field_has_its_three_names_or_is_null(policy, desk, max_):
    policy(resolution=600)
    issue = desk.open(MONDAY)
    api = ApiClient(key_for(max_))
    assert api.get(path_of(issue)).json()["sla"].keys() == {"policy", "due_at", "breached"}
    desk.say(MONDAY + HOUR, "outbound")
    assert api.get(path_of(issue)).json()["sla"] is None


def test_the_page_shows_deadlines_and_the_follow_up(client, policy, desk, max_):
    policy(name="House rule", resolution=600)
    desk.open(MONDAY)
    issue = desk.change(MONDAY, follow_up_date=datetime(2026, 6, 16, tzinfo=UTC))
    client.force_login(max_, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("web:issue", args=[issue.pk])).content.decode()
    assert "By the policy House rule (version 1)" in page
    assert 'id="follow-up-title"' in page
    assert "Due</span></h2>" in page


def follow_up(client, issue, **given):
    """From a page that shows the issue as it is given."""
    shown = FollowUpForm(issue, actor=None).initial["shown"]
    return client.post(reverse("web:follow_up", args=[issue.pk]), {"form_id": uuid4(), "shown": shown, **given})


@pytest.fixture
def followed(client, desk, max_):
    desk.open(MONDAY)
    client.force_login(max_, backend="django.contrib.auth.backends.ModelBackend")
    return desk.change(MONDAY, follow_up_date=MONDAY)


def test_a_follow_up_is_done_with_a_note(client, followed):
    assert follow_up(client, followed, deed="done", note="Called her.").status_code == 302
    followed.refresh_from_db()
    assert (followed.follow_up_required, followed.follow_up_tell_at) == (False, None)
    assert followed.notes.filter(body="Called her.").exists()


@pytest.mark.parametrize(
    "given", [{"deed": "done", "note": "Called her."}, {"deed": "move", "date": "2027-01-02T10:00"}]
)
def test_what_somebody_else_has_moved_meanwhile_is_looked_at_first(client, followed, desk, given):
    moved = desk.change(MONDAY, follow_up_date=MONDAY + timedelta(days=4))
    with nothing_happens():
        page = follow_up(client, followed, **given)
    assert page.status_code == 422
    assert "changed since you opened the page" in page.content.decode()
    again = re.search(r'name="shown" value="([^"]*)"', page.content.decode())[1]
    assert follow_up(client, followed, **given, shown=again).status_code == 302
    moved.refresh_from_db()
    assert moved.version > followed.version


def test_a_follow_up_is_moved(client, followed):
    assert follow_up(client, followed, deed="move", date="2027-01-02T10:00").status_code == 302
    followed.refresh_from_db()
    assert followed.follow_up_date == followed.follow_up_tell_at == datetime(2027, 1, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "given", [{}, {"deed": "done"}, {"deed": "move"}, {"deed": "move", "date": "soon"}, {"deed": "other", "note": "x"}]
)
def test_a_follow_up_form_that_says_too_little_changes_nothing(client, followed, given):
    version = followed.version
    assert follow_up(client, followed, **given).status_code == 422
    followed.refresh_from_db()
    assert (followed.version, followed.follow_up_required) == (version, True)


@pytest.mark.parametrize(
    ("seconds", "words"), [(20, "20 s"), (3600, "1 h"), (3660, "1 h 1 min"), (200_000, "2 d 7 h"), (0, "0 s")]
)
def test_a_span_in_words(seconds, words):
    assert span(timedelta(seconds=seconds)) == words
