"""The admin for people, roles and keys: administrators alone, nothing deleted, a secret shown once."""

import re
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.actions.revoke_key import revoke_key
from accounts.actions.rotate_key import rotate_key
from accounts.actor import Actor
from accounts.models import ApiKey, Employee, RefundLimit, Scope
from accounts.roles import AGENT, MANAGER, PERMISSIONS
from common import clock
from common.as_seen import fingerprint
from tests.accounts.calls import Caller
from tests.factories import PASSWORD, EmployeeFactory, key_for

pytestmark = pytest.mark.django_db


def browser(employee) -> Client:
    client = Client()
    client.force_login(employee)
    return client


@pytest.fixture
def adas(ada):
    return browser(ada)


def admin(model: str, *parts) -> str:
    return "/".join(["/admin", *model.split("."), *map(str, parts), ""])


MODELS = ["accounts.employee", "accounts.apikey", "accounts.refundlimit", "auth.group"]


@pytest.mark.parametrize("model", MODELS)
def test_an_administrator_sees_each_list(adas, alice, model):
    key_for(alice)
    assert adas.get(admin(model)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("person", ["alice", "sofia", "max_"])
def test_nobody_else_does(request, model, person):
    client = browser(request.getfixturevalue(person))
    assert client.get(admin(model)).status_code == 403
    assert client.post(admin(model, "add"), {}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_not_even_by_a_superuser(ada, alice, model):
    Employee.objects.filter(pk=ada.pk).update(is_superuser=True)
    key_for(alice)
    client = browser(Employee.objects.get(pk=ada.pk))
    row = {"accounts.employee": alice, "accounts.apikey": ApiKey.objects.get(), "auth.group": Group.objects.first(),
           "accounts.refundlimit": RefundLimit.objects.first()}[model]  # fmt: skip
    assert client.post(admin(model, row.pk, "delete"), {"post": "yes"}).status_code == 403
    client.post(admin(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_new_employee_can_sign_in(adas):
    response = adas.post(
        admin("accounts.employee", "add"),
        {
            "username": "zoe", "employee_id": "EMP-ZOE", "usable_password": "true", "password1": PASSWORD,
            "password2": PASSWORD, "first_name": "Zoe", "last_name": "Zed", "email": "zoe@desk.example",
            "groups": [Group.objects.get(name=AGENT).pk], "is_active": "on", "is_staff": "on",
        },
    )  # fmt: skip
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Client().post("/accounts/login/", {"login": "zoe", "password": PASSWORD}).status_code == 302
    assert Employee.objects.get(username="zoe").groups.get().name == AGENT


def changed(employee, **fields) -> dict:
    values = {name: getattr(employee, name) for name in ("username", "employee_id", "first_name", "last_name", "email")}
    return values | {"groups": [], "is_active": "on", "is_staff": "on", "seen": fingerprint(employee)} | fields


def test_an_employee_leaves_by_a_tick(adas, alice):
    secret = key_for(alice)
    fields = changed(alice)
    del fields["is_active"]
    assert adas.post(admin("accounts.employee", alice.pk, "change"), fields).status_code == 302
    assert not Employee.objects.get(pk=alice.pk).is_active
    assert Caller(secret)("GET", "/issues").status_code == 401


def test_a_page_that_is_no_longer_true_gives_nobody_a_role_back(adas, max_):
    opened = changed(max_, groups=[group.pk for group in max_.groups.all()], first_name="Maximilian")
    max_.groups.clear()
    Employee.objects.filter(pk=max_.pk).update(is_active=False)
    page = adas.post(admin("accounts.employee", max_.pk, "change"), opened)
    assert "Somebody else saved this since you opened it" in page.content.decode()
    max_.refresh_from_db()
    assert (max_.is_active, max_.groups.count()) == (False, 0)
    assert max_.first_name != "Maximilian"
    assert adas.post(admin("accounts.employee", max_.pk, "change"), changed(max_, is_active="")).status_code == 302


def test_who_only_looks_is_shown_the_page(adas, ada):
    root = EmployeeFactory(username="root", is_superuser=True)
    assert adas.get(admin("accounts.employee", root.pk, "change")).status_code == 200
    reader = EmployeeFactory(role=AGENT)
    rows = [RefundLimit.objects.first(), Group.objects.first(), reader]
    for row in rows:
        name = f"view_{row._meta.model_name}"
        reader.user_permissions.add(Permission.objects.get(codename=name, content_type__app_label=row._meta.app_label))
    for row in rows:
        page = browser(reader).get(admin(row._meta.label_lower, row.pk, "change"))
        assert (page.status_code, 'name="seen"' in page.content.decode()) == (200, False)


def test_who_signs_in_meanwhile_is_no_change(adas, alice):
    opened = changed(alice, first_name="Alicia")
    Employee.objects.filter(pk=alice.pk).update(last_login=clock.now())
    assert adas.post(admin("accounts.employee", alice.pk, "change"), opened).status_code == 302
    assert Employee.objects.get(pk=alice.pk).first_name == "Alicia"


def test_the_log_says_from_what_to_what(adas, ada, alice):
    agent, manager = (Group.objects.get(name=name) for name in (AGENT, MANAGER))
    adas.post(admin("accounts.employee", alice.pk, "change"), changed(alice, groups=[manager.pk], last_name="Adams"))
    limit = RefundLimit.objects.get(group=agent)
    adas.post(admin("accounts.refundlimit", limit.pk, "change"), {"amount": "150.00", "seen": fingerprint(limit)})
    permission = Permission.objects.get(codename="escalate_issue")
    form = {"name": AGENT, "permissions": [each.pk for each in agent.permissions.all()] + [permission.pk]}
    adas.post(admin("auth.group", agent.pk, "change"), form | {"seen": fingerprint(agent)})
    told = [entry.get_change_message() for entry in LogEntry.objects.filter(user=ada).order_by("pk")]
    assert told == [
        f"last_name: Last → Adams; groups: + {MANAGER}, - {AGENT}",
        "amount: 100.000 → 150.00",
        f"permissions: + {permission}",
    ]


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_role_of_the_desk_keeps_its_name(adas, name):
    role = Group.objects.get(name=name)
    form = {"name": "Helper", "permissions": [], "seen": fingerprint(role)}
    adas.post(admin("auth.group", role.pk, "change"), form)
    role.refresh_from_db()
    assert (role.name, role.permissions.count()) == (name, 0)
    assert 'name="name"' not in adas.get(admin("auth.group", role.pk, "change")).content.decode()
    assert adas.post(admin("auth.group", role.pk, "delete"), {"post": "yes"}).status_code == 403


def test_a_role_that_an_administrator_made_is_renamed(adas):
    role = Group.objects.create(name="Trainee")
    form = {"name": "Helper", "permissions": [], "seen": fingerprint(role)}
    assert adas.post(admin("auth.group", role.pk, "change"), form).status_code == 302
    role.refresh_from_db()
    assert role.name == "Helper"


def test_the_log_has_what_became_of_a_key(adas, ada, key):
    rotate_key(key.pk, actor=Actor(employee=ada, via="admin"))
    revoke_key(key.pk, actor=Actor(employee=ada, via="admin"))
    revoke_key(key.pk, actor=Actor(employee=ada, via="admin"))
    rotated, revoked = LogEntry.objects.order_by("pk")
    assert "takes its place" in rotated.change_message
    assert (revoked.change_message, revoked.user, revoked.object_id) == ("Revoked.", ada, str(key.pk))


def test_nobody_becomes_a_superuser_here(adas, alice):
    fields = changed(alice, is_superuser="on", user_permissions=[1])
    adas.post(admin("accounts.employee", alice.pk, "change"), fields)
    alice.refresh_from_db()
    assert not alice.is_superuser
    assert not alice.user_permissions.exists()


@pytest.mark.parametrize("page", ["change", "password"])
def test_an_administrator_does_not_change_a_superuser(adas, page):
    root = EmployeeFactory(username="root", is_superuser=True)
    fields = changed(root, username="taken", password1="x" * 20, password2="x" * 20)
    assert adas.post(admin("accounts.employee", root.pk, page), fields).status_code == 403
    root.refresh_from_db()
    assert root.username == "root"
    assert root.check_password(PASSWORD)


def test_an_administrator_sets_a_password(adas, alice):
    fields = {"password1": "another horse battery", "password2": "another horse battery", "usable_password": "true"}
    adas.post(admin("accounts.employee", alice.pk, "password"), fields | {"set-password": "1"})
    assert Employee.objects.get(pk=alice.pk).check_password("another horse battery")


def test_an_administrator_changes_what_a_role_may_refund(adas):
    limit = RefundLimit.objects.get(group__name=AGENT)
    adas.post(admin("accounts.refundlimit", limit.pk, "change"), {"amount": "150.00", "seen": fingerprint(limit)})
    limit.refresh_from_db()
    assert limit.amount == Decimal("150.00")


def new_key(client, **fields):
    return client.post(admin("accounts.apikey", "add"), {"scopes": [Scope.ISSUES_READ], **fields})


def secret_in(response) -> str:
    return re.search(r'id="secret"[^>]*value="([^"]+)"', response.content.decode())[1]


def test_a_new_key_is_shown_once_and_nowhere_else(adas, alice):
    response = new_key(adas, employee=alice.pk)
    secret = secret_in(response)
    assert Caller(secret)("GET", "/issues").status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert secret not in str(adas.cookies) + str(dict(adas.session))
    key = ApiKey.objects.get()
    for page in (admin("accounts.apikey"), admin("accounts.apikey", key.pk, "change")):
        shown = adas.get(page).content.decode()
        assert key.prefix in shown
        assert secret not in shown
        assert key.hash not in shown


@pytest.mark.parametrize(
    "fields", [{}, {"integration": "Shop", "scopes": []}, {"integration": "Shop", "expires_at_0": "2020-01-01"}]
)
def test_a_wrong_key_is_told_at_its_fields(adas, fields):
    response = new_key(adas, **fields)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not ApiKey.objects.exists()


def test_a_key_is_not_edited(adas, alice):
    key_for(alice, scopes=[Scope.ISSUES_READ])
    key = ApiKey.objects.get()
    response = adas.post(admin("accounts.apikey", key.pk, "change"), {"scopes": [Scope.ACT_AS], "prefix": "x"})
    assert response.status_code == 403
    key.refresh_from_db()
    assert key.scopes == [Scope.ISSUES_READ]


@pytest.fixture
def key(alice):
    key_for(alice)
    return ApiKey.objects.get()


@pytest.mark.parametrize("step", ["revoke", "rotate"])
def test_looking_at_a_step_takes_none(adas, key, step):
    assert adas.get(admin("accounts.apikey", key.pk, step)).status_code == 200
    key.refresh_from_db()
    assert key.revoked_at is key.expires_at is None
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("person", ["alice", "max_"])
@pytest.mark.parametrize("step", ["revoke", "rotate"])
def test_a_step_is_for_administrators(request, key, step, person):
    client = browser(request.getfixturevalue(person))
    form = {"_form_submitted": "on", "overlap_hours": "1"}
    assert client.post(admin("accounts.apikey", key.pk, step), form).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is key.expires_at is None


@pytest.mark.parametrize("htmx", [True, False])
def test_revoking_leads_back_to_the_list(adas, key, htmx):
    headers = {"HX-Request": "true"} if htmx else {}
    response = adas.post(admin("accounts.apikey", key.pk, "revoke"), {"_form_submitted": "on"}, headers=headers)
    assert response.get("HX-Redirect" if htmx else "Location") == admin("accounts.apikey")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_rotating_shows_the_new_secret_in_the_dialog(adas, key):
    form = {"_form_submitted": "on", "overlap_hours": "2"}
    response = adas.post(admin("accounts.apikey", key.pk, "rotate"), form, headers={"HX-Request": "true"})
    assert response["HX-Retarget"] == "#dialog"
    assert Caller(secret_in(response))("GET", "/issues").status_code == 200
    key.refresh_from_db()
    assert key.expires_at is not None


@pytest.mark.parametrize("step", ["revoke", "rotate"])
def test_a_step_on_nothing_is_told(adas, step):
    form = {"_form_submitted": "on", "overlap_hours": "1"}
    assert "There is no such key." in adas.post(admin("accounts.apikey", "0", step), form).content.decode()
