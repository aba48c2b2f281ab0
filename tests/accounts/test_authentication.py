"""Who is calling: keys that work and keys that do not, sessions with their token."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, Scope
from common import clock
from tests.accounts.calls import THING, Caller, refused
from tests.concurrency.together import all_at_once
from tests.factories import key_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel_urls")]


def test_a_key_calls_for_its_employee(alices):
    assert alices("GET", "/things/one").json() == {"thing": "one", "by": "EMP-ALICE"}


def test_an_integration_that_reads_is_nobody(shop):
    assert shop("GET", "/things/one").json() == {"thing": "one", "by": None}


def test_only_the_hash_of_a_key_is_kept(alice):
    secret = key_for(alice)
    assert secret not in str(list(ApiKey.objects.values()))


def broken_keys(alice):
    now = clock.now()
    good = key_for(alice)
    return {
        "none": None,
        "empty": "Bearer ",
        "another scheme": f"Basic {good}",
        "no scheme": good,
        "unknown": f"Bearer rdr_0123456789_{'x' * 43}",
        "a known prefix with another secret": f"Bearer {good[:-1]}{'A' if good[-1] != 'A' else 'B'}",
        "a known prefix alone": f"Bearer {good[:14]}",
        "two keys": f"Bearer {good} {good}",
        "expired": f"Bearer {key_for(alice, expires_at=now - timedelta(seconds=1))}",
        "revoked": f"Bearer {key_for(alice, revoked_at=now)}",
        "not ASCII": "Bearer rdr_é",
        "very long": f"Bearer {'x' * 10_000}",
        "SQL": "Bearer ' OR 1=1 --",
    }


@pytest.mark.parametrize(
    "which",
    [
        "none", "empty", "another scheme", "no scheme", "unknown", "a known prefix with another secret",
        "a known prefix alone", "two keys", "expired", "revoked", "not ASCII", "very long", "SQL",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/things/one", "/things/missing", "/nowhere", ""])
def test_without_a_working_key_there_is_nothing_to_see(alice, which, path):
    header = broken_keys(alice)[which]
    caller = Caller()
    caller.headers = {"Authorization": header} if header is not None else {}
    response = caller("PATCH", path, THING)
    refused(response, 401, "NOT_AUTHENTICATED")
    assert response["WWW-Authenticate"] == "Bearer"
    assert not Group.objects.filter(name="kettle").exists()


def test_who_left_takes_their_keys_along(alice, alices):
    alice.is_active = False
    alice.save()
    refused(alices("GET", "/things/one"), 401, "NOT_AUTHENTICATED")


def test_an_expiry_in_the_future_does_not_matter_yet(alice):
    caller = Caller(key_for(alice, expires_at=clock.now() + timedelta(minutes=1)))
    assert caller("GET", "/things/one").status_code == 200


def test_the_scheme_is_bearer_in_any_case(alice):
    caller = Caller()
    caller.headers = {"Authorization": f"bEaReR {key_for(alice)}"}
    assert caller("GET", "/things/one").status_code == 200


def test_use_is_noted_and_not_more_than_once_a_minute(alices):
    start = clock.now()
    for seconds, noted in [(0, 0), (59, 0), (60, 60), (61, 60), (3600, 3600)]:
        with clock.as_if_at(start + timedelta(seconds=seconds)):
            alices("GET", "/things/one")
        assert ApiKey.objects.get().last_used_at == start + timedelta(seconds=noted)


def test_a_refused_key_is_not_noted_as_used(alice):
    Caller(key_for(alice, revoked_at=clock.now()))("GET", "/things/one")
    assert ApiKey.objects.get().last_used_at is None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_calls_at_once_one_notes_the_use(alice):
    secret = key_for(alice)

    def call(number):
        with CaptureQueriesContext(connection) as queries:
            assert Caller(secret)("GET", "/things/one").status_code == 200
        return sum("UPDATE" in query["sql"] for query in queries)

    all_at_once(8, call)
    assert sum(all_at_once(8, call)) == 0


def test_a_call_costs_one_statement_for_who_it_is_and_one_for_what_they_may(alices, django_assert_num_queries):
    alices("GET", "/things/one")
    with django_assert_num_queries(2):
        alices("GET", "/things/one")


def test_an_own_name_costs_no_further_look(alices, django_assert_num_queries):
    alices.patch()
    with django_assert_num_queries(2) as queries:  # who it is, and the group that the view makes
        alices.patch(THING | {"name": "pot"})
    assert not any("session" in query["sql"].lower() for query in queries)


@pytest.fixture
def browser(alice):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(alice)
    return client


def send(client, **headers):
    return client.patch("/api/v1/things/one", THING, content_type="application/json", headers=headers)


def with_token(client) -> dict:
    client.cookies["csrftoken"] = "a" * 32
    return {"X-CSRFToken": "a" * 32}


def test_a_session_reads(browser):
    assert browser.get("/api/v1/things/one").json()["by"] == "EMP-ALICE"


def test_a_session_writes_with_its_token(browser):
    assert send(browser, **with_token(browser)).json()["by"] == "EMP-ALICE"


def test_a_session_without_the_token_writes_nothing(browser):
    body = refused(send(browser), 403, "PERMISSION_DENIED")
    assert body["reason"] == "csrf"
    assert not Group.objects.filter(name="kettle").exists()


def test_a_session_with_a_foreign_token_writes_nothing(browser):
    with_token(browser)
    refused(send(browser, **{"X-CSRFToken": "b" * 32}), 403, "PERMISSION_DENIED")


def test_a_form_from_elsewhere_is_refused_before_it_is_read(browser):
    response = browser.post("/api/v1/breaks/bug", {"name": "kettle"})
    refused(response, 403, "PERMISSION_DENIED")


def test_a_form_with_the_token_is_no_json(browser):
    token = with_token(browser)["X-CSRFToken"]
    response = browser.post("/api/v1/breaks/bug", {"csrfmiddlewaretoken": token})
    refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_key_beside_a_session_decides(browser, ada):
    response = browser.get("/api/v1/things/one", headers={"Authorization": f"Bearer {key_for(ada)}"})
    assert response.json()["by"] == "EMP-ADA"


def test_a_bad_key_beside_a_session_is_still_a_bad_key(browser):
    response = browser.get("/api/v1/things/one", headers={"Authorization": "Bearer nonsense"})
    refused(response, 401, "NOT_AUTHENTICATED")


def test_a_session_has_every_scope_but_acts_for_nobody_else(browser, ada):
    token = with_token(browser)
    assert send(browser, **token).status_code == 200
    body = {"updated_by": "EMP-ADA", "name": "pot"}
    response = browser.patch("/api/v1/things/one", body, content_type="application/json", headers=token)
    assert refused(response, 403, "PERMISSION_DENIED")["required_scope"] == Scope.ACT_AS


def test_the_session_of_who_left_ends(browser, alice):
    alice.is_active = False
    alice.save()
    refused(browser.get("/api/v1/things/one"), 401, "NOT_AUTHENTICATED")
