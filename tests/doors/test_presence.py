"""Who else has the issue open, and what changed since: what an open page hears with each beat."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.display import isolated
from issues.actions.add_communication import add_communication
from issues.actions.update import update_issue
from issues.models import Issue
from tests.doors.doors import FORM_DOORS, signed_in
from tests.doors.test_issue_page import shown
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens


def beat(employee, issue, **more):
    sent = {"version": issue.version, "opened": clock.now().isoformat(), "door": "admin"} | more
    return signed_in(employee).post(reverse("web:here", args=[issue.pk]), sent)


def test_one_sees_who_else_has_it_open_until_they_leave(alice, sofia, issue):
    with nothing_happens():
        assert sofia.name not in beat(sofia, issue).content.decode(), "not oneself"
        assert sofia.name in beat(alice, issue).content.decode()
        assert sofia.name in shown(FORM_DOORS[0], alice, issue).content.decode()
        assert beat(sofia, issue, leaves="on").status_code == 204
        assert sofia.name not in beat(alice, issue).content.decode()


def test_who_is_no_longer_heard_of_is_gone_after_a_while(alice, sofia, issue):
    now = clock.now()
    beat(sofia, issue)
    with clock.as_if_at(now + timedelta(seconds=40)):
        assert sofia.name in beat(alice, issue).content.decode()
    with clock.as_if_at(now + timedelta(seconds=50)):
        assert sofia.name not in beat(alice, issue).content.decode()


def test_an_open_page_hears_how_much_changed_and_by_whom(alice, sofia, issue, as_):
    opened = clock.now()
    for note in ("One.", "Two."):
        update_issue(issue.order_id, issue.pk, {"notes": note}, actor=as_(sofia))
    word = {"channel": "phone", "direction": "inbound", "body": "Hello?"}
    add_communication(issue.order_id, issue.pk, word, actor=as_(sofia))
    told = beat(alice, issue, opened=opened.isoformat()).content.decode()
    assert "3 changes since you opened it" in told
    assert f"by {isolated(sofia.name)}" in told
    assert f"{reverse('admin:issues_issue_change', args=[issue.pk])}?since=" in told
    assert "since you opened it" not in beat(alice, Issue.objects.get(pk=issue.pk)).content.decode()


OUT_OF_TIME = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")  # in UTC the years 0 and 10000


@pytest.mark.parametrize(
    "wrong", [{"version": "x"}, *({"opened": at} for at in ("then", *OUT_OF_TIME)), {"door": "window"}]
)
def test_a_beat_of_bad_shape_is_refused(alice, issue, wrong):
    assert beat(alice, issue, **wrong).status_code == 400


def test_who_does_not_see_the_issue_is_not_there(issue):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    assert beat(EmployeeFactory(team=team), issue).status_code == 404
    assert signed_in(EmployeeFactory()).get(reverse("web:here", args=[issue.pk])).status_code == 405
