"""Policies and hours are an administrator's, and what makes no sense is refused with a word that helps."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import ADMINISTRATOR
from common.audit import broken_links
from common.errors import NotFound, PermissionDenied, ValidationFailed
from issues.actions.write_deadlines import HOURS_FIELDS, POLICY_FIELDS, write_hours, write_policy
from issues.models import BusinessHours, SlaPolicy
from tests.factories import EmployeeFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

POLICY = dict.fromkeys(POLICY_FIELDS) | {
    "name": "Mine", "position": 1, "priority": "", "issue_type": "", "for_escalated": False, "resolution": 60,
    "in_business_hours": True, "rule_escalates": False, "rule_priority": "", "is_retired": False,
}  # fmt: skip
HOURS = dict.fromkeys(HOURS_FIELDS) | {
    "time_zone": "Europe/Berlin", "days": [0, 1], "opens": time(9), "closes": time(17), "country": "DE", "part": "BE",
}  # fmt: skip


def test_a_policy_is_written_and_changed_with_its_version_and_audit(ada, as_):
    policy = write_policy(POLICY, actor=as_(ada))
    changed = write_policy(POLICY | {"resolution": 90}, actor=as_(ada), policy_id=policy.pk)
    assert (changed.pk, changed.version, changed.resolution) == (policy.pk, 2, 90)
    assert list(broken_links(changed)) == []


@pytest.mark.parametrize("who", ["alice", "sofia", "max_"])
def test_nobody_else_writes_them(request, as_, who):
    person = request.getfixturevalue(who)
    for write, given in ((write_policy, POLICY), (write_hours, HOURS)):
        with pytest.raises(PermissionDenied):
            write(given, actor=as_(person))
    assert not SlaPolicy.objects.exists()
    assert not BusinessHours.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"resolution": None}, "resolution"),
        ({"resolution": 0}, "resolution"),
        ({"first_response": 366 * 24 * 60 + 1}, "first_response"),
        ({"rule_escalates": True}, "rule_at"),
        ({"rule_at": 90}, "rule_at"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(ada, as_, changes, field):
    with pytest.raises(ValidationFailed) as refused:
        write_policy(POLICY | changes, actor=as_(ada))
    assert set(refused.value.errors) == {field}
    assert not SlaPolicy.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"days": []}, "days"),
        ({"opens": time(17), "closes": time(9)}, "closes"),
        ({"country": "XX", "part": ""}, "country"),
        ({"part": "ZZ"}, "part"),
    ],
)
def test_hours_that_make_no_sense_are_refused(ada, as_, changes, field):
    with pytest.raises(ValidationFailed) as refused:
        write_hours(HOURS | changes, actor=as_(ada))
    assert set(refused.value.errors) == {field}
    assert not BusinessHours.objects.exists()


@pytest.mark.parametrize("write", [write_policy, write_hours])
def test_who_works_for_some_stores_writes_what_is_of_these_alone(ada, as_, write):
    given = POLICY if write is write_policy else HOURS
    hers, theirs = StoreFactory(), StoreFactory()
    name = "policy_id" if write is write_policy else "hours_id"
    rows = [write(given | {"store": store}, actor=as_(ada)) for store in (theirs, None)]
    team = TeamFactory()
    team.stores.add(hers)
    ida = as_(EmployeeFactory(role=ADMINISTRATOR, team=team))
    with nothing_happens():
        for store in (theirs, None):
            with pytest.raises(ValidationFailed) as refused:
                write(given | {"store": store}, actor=ida)
            assert set(refused.value.errors) == {"store"}
        for row in rows:
            with pytest.raises(NotFound):
                write(given | {"store": hers}, actor=ida, **{name: row.pk})
    assert write(given | {"store": hers}, actor=ida).store == hers


@pytest.mark.parametrize("with_store", [True, False])
def test_a_store_has_its_hours_once(ada, as_, with_store):
    given = HOURS | {"store": StoreFactory() if with_store else None}
    hours = write_hours(given, actor=as_(ada))
    assert write_hours(given | {"days": [5]}, actor=as_(ada), hours_id=hours.pk).version == 2
    with pytest.raises(ValidationFailed):
        write_hours(given, actor=as_(ada))
    assert BusinessHours.objects.count() == 1


def test_midnight_is_the_end_of_the_day(ada, as_):
    assert write_hours(HOURS | {"closes": time(0)}, actor=as_(ada)).calendar.closes == 24 * 60


def browser_of(employee) -> Client:
    browser = Client()
    browser.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
    return browser


PAGES = ["admin:issues_slapolicy", "admin:issues_businesshours"]


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_sees_them_and_nobody_else(ada, max_, page):
    for suffix in ("changelist", "add"):
        assert browser_of(ada).get(reverse(f"{page}_{suffix}")).status_code == 200
        assert browser_of(max_).get(reverse(f"{page}_{suffix}")).status_code == 403


def test_the_admin_writes_by_the_action(ada):
    sent = {"name": "Mine", "position": "1", "resolution": "60"}
    answer = browser_of(ada).post(reverse("admin:issues_slapolicy_add"), sent)
    assert answer.status_code == 302
    policy = SlaPolicy.objects.get()
    assert policy.history.get().history_user == ada
    assert browser_of(ada).get(reverse("admin:issues_slapolicy_change", args=[policy.pk])).status_code == 200


def test_the_admin_writes_hours(ada):
    sent = {"time_zone": "Asia/Kuwait", "days": ["6", "0"], "opens": "08:00", "closes": "20:00", "country": "KW"}
    assert browser_of(ada).post(reverse("admin:issues_businesshours_add"), sent).status_code == 302
    assert BusinessHours.objects.get().days == [6, 0]


def test_the_admin_says_what_is_wrong(ada):
    page = browser_of(ada).post(reverse("admin:issues_slapolicy_add"), {"name": "Mine", "position": "1"})
    assert "Give at least one target" in page.content.decode()
    assert not SlaPolicy.objects.exists()
