"""Scopes, and in whose name a key may act."""

import pytest
from django.contrib.auth.models import Group

from accounts.actor import Actor
from accounts.models import ApiKey, Scope
from accounts.roles import REOPEN_ISSUE
from tests.accounts.calls import THING, Caller, refused
from tests.factories import EmployeeFactory, key_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel_urls")]

READ, WRITE, REFUND, ACT_AS = Scope.ISSUES_READ, Scope.ISSUES_WRITE, Scope.REFUNDS_WRITE, Scope.ACT_AS


@pytest.mark.parametrize("scope", Scope.values)
def test_a_key_reads_with_the_scope_to_read_and_no_other(alice, scope):
    response = Caller(key_for(alice, scopes=[scope]))("GET", "/things/one")
    if scope == READ:
        assert response.status_code == 200
    else:
        assert refused(response, 403, "PERMISSION_DENIED")["required_scope"] == READ


def test_writing_needs_its_own_scope(alice):
    caller = Caller(key_for(alice, scopes=[READ]))
    assert refused(caller.patch(), 403, "PERMISSION_DENIED")["required_scope"] == WRITE
    assert not Group.objects.filter(name="kettle").exists()


def test_what_a_body_asks_for_may_need_a_further_scope(alice):
    caller = Caller(key_for(alice, scopes=[WRITE]))
    response = caller.patch(THING | {"amount": "5.00"})
    assert refused(response, 403, "PERMISSION_DENIED")["required_scope"] == REFUND
    assert caller.patch().status_code == 200


@pytest.mark.parametrize(
    ("own", "scopes", "named", "status"),
    [
        (True, [WRITE], "EMP-ALICE", 200),
        (True, [WRITE], " EMP-ALICE ", 200),
        (True, [WRITE], "EMP-ADA", 403),
        (True, [WRITE, ACT_AS], "EMP-ADA", 200),
        (True, [WRITE], "EMP-NOBODY", 400),
        (True, [WRITE], "emp-alice", 400),
        (False, [WRITE], "EMP-ALICE", 403),
        (False, [WRITE, ACT_AS], "EMP-ALICE", 200),
        (False, [WRITE, ACT_AS], "EMP-NOBODY", 400),
        (False, [WRITE], "EMP-NOBODY", 400),
        (False, [WRITE, ACT_AS], "EMP-LEFT", 400),
    ],
)
def test_whom_a_key_may_act_for(alice, ada, own, scopes, named, status):
    EmployeeFactory(employee_id="EMP-LEFT", is_active=False)
    response = Caller(key_for(alice if own else None, scopes=scopes)).patch(THING | {"updated_by": named})
    if status == 200:
        assert response.json()["by"] == named.strip()
    elif status == 403:
        assert refused(response, 403, "PERMISSION_DENIED")["required_scope"] == ACT_AS
    else:
        assert set(refused(response, 400, "VALIDATION_ERROR")["errors"]) == {"updated_by"}
    assert Group.objects.filter(name="kettle").exists() == (status == 200)


@pytest.mark.parametrize("named", [None, "", "  ", 7, True, [], {}, ["EMP-ALICE"], 1.5])
def test_a_name_that_is_none_is_an_error_on_its_field(alices, named):
    body = refused(alices.patch(THING | {"updated_by": named}), 400, "VALIDATION_ERROR")
    assert set(body["errors"]) == {"updated_by"}


def test_a_missing_name_is_told_with_all_other_errors(alices):
    body = refused(alices.patch({"name": "", "colour": "green", "size": 1}), 400, "VALIDATION_ERROR")
    assert set(body["errors"]) == {"updated_by", "name", "colour", "size"}


def test_an_employee_in_a_field_is_known_and_active(alices, ada):
    assert alices.patch(THING | {"keeper": "EMP-ADA"}).status_code == 200
    for keeper in ("EMP-NOBODY", "", 7, ["EMP-ADA"], "x" * 1000):
        body = refused(alices.patch(THING | {"keeper": keeper}), 400, "VALIDATION_ERROR")
        assert set(body["errors"]) == {"keeper"}


class TestWhoIsThereInPerson:
    """A key that is not the named employee's own decides nothing (contract 2)."""

    def actor(self, employee, secret) -> Actor:
        return Actor(employee=employee, via="api", key=ApiKey.objects.get(prefix=secret[:14]))

    def test_an_own_key_has_its_employees_grants(self, max_):
        actor = self.actor(max_, key_for(max_))
        assert not actor.is_integration
        assert REOPEN_ISSUE in actor.own_grants.permissions

    def test_an_integration_is_measured_as_an_agent_whoever_is_named(self, max_):
        actor = self.actor(max_, key_for(None))
        assert actor.is_integration
        assert REOPEN_ISSUE not in actor.own_grants.permissions

    def test_a_personal_key_in_another_name_is_so_too(self, alice, max_):
        actor = self.actor(max_, key_for(alice, scopes=[WRITE, ACT_AS]))
        assert actor.is_integration
        assert REOPEN_ISSUE not in actor.own_grants.permissions

    def test_a_personal_key_that_can_name_others_is_so_in_its_own_name(self, max_):
        actor = self.actor(max_, key_for(max_, scopes=[WRITE, ACT_AS]))
        assert REOPEN_ISSUE not in actor.own_grants.permissions

    def test_the_scope_to_approve_lifts_that(self, max_):
        actor = self.actor(max_, key_for(None, scopes=[WRITE, ACT_AS, Scope.APPROVALS_WRITE]))
        assert REOPEN_ISSUE in actor.own_grants.permissions
