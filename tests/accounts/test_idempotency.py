"""Safe to repeat: one key, one deed, one answer."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from accounts import idempotency
from accounts.actions.rotate_key import rotate_key
from accounts.actor import Actor
from accounts.models import ApiKey, IdempotentCall
from accounts.tasks import forget_idempotent_calls
from common import clock
from tests.accounts.calls import THING, Caller, refused
from tests.factories import key_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel_urls")]


def kettles() -> int:
    return Group.objects.filter(name="kettle").count()


def same_answer(first, again) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Content-Type"] == first["Content-Type"]
    assert again.get("ETag") == first.get("ETag")
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_a_repeat_gets_the_first_answer_and_does_nothing(alices):
    first = alices.patch(Idempotency_Key="k")
    again = alices.patch(Idempotency_Key="k")
    assert first.status_code == 200
    assert first["ETag"] == '"2"'
    same_answer(first, again)
    assert kettles() == 1


def test_control_without_a_key_a_repeat_is_done_again(alices):
    alices.patch()
    refused(alices.patch(), 500, "INTERNAL_ERROR")  # the group's name is taken


def test_the_body_keeps_its_request_id_and_the_header_names_the_new_request(alices):
    first = alices.patch({"name": ""}, Idempotency_Key="k", X_Request_ID="r-1")
    again = alices.patch({"name": ""}, Idempotency_Key="k", X_Request_ID="r-2")
    assert first.json()["request_id"] == again.json()["request_id"] == "r-1"
    assert again["X-Request-ID"] == "r-2"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"body": THING | {"colour": "green"}}, 400),
        ({"body": {"name": "kettle"}}, 400),
        ({"body": b"{"}, 400),
        ({"body": THING | {"updated_by": "EMP-ADA"}}, 403),
        ({"thing": "missing"}, 404),
        ({"Accept": "text/html"}, 406),
        ({"body": b" " * 300_000}, 413),
    ],
    ids=str,
)
def test_a_refusal_is_kept_too(alices, ada, call, status):
    first = alices.patch(Idempotency_Key="k", **call)
    assert first.status_code == status
    same_answer(first, alices.patch(Idempotency_Key="k", **call))


def test_a_405_is_kept_with_what_is_allowed(alices):
    first, again = (alices("POST", "/things/one", {}, Idempotency_Key="k") for _ in range(2))
    same_answer(first, again)
    assert again["Allow"] == first["Allow"]


@pytest.mark.parametrize(
    "other",
    [
        {"body": THING | {"name": "pot"}},
        {"body": {"name": "kettle", "updated_by": "EMP-ALICE"}},
        {"body": b"{"},
        {"thing": "two"},
        {"thing": "one?x=1"},
    ],
    ids=str,
)
def test_another_request_with_a_used_key_is_refused(alices, other):
    first = alices.patch(Idempotency_Key="k")
    refused(alices.patch(Idempotency_Key="k", **other), 422, "IDEMPOTENCY_KEY_REUSED")
    same_answer(first, alices.patch(Idempotency_Key="k"))
    assert kettles() == 1


def test_another_method_with_a_used_key_is_refused(alices):
    alices.patch(Idempotency_Key="k")
    refused(alices("POST", "/things/one", THING, Idempotency_Key="k"), 422, "IDEMPOTENCY_KEY_REUSED")


def test_callers_have_their_own_keys(alice, ada, shop):
    for caller, name in [(Caller(key_for(alice)), "a"), (Caller(key_for(ada, scopes=["issues:write", "act_as"])), "b")]:
        response = caller.patch(THING | {"name": name}, Idempotency_Key="k")
        assert (response.status_code, "Idempotent-Replayed" in response) == (200, False)
    response = shop.patch(THING | {"name": "c"}, Idempotency_Key="k")
    assert (response.status_code, "Idempotent-Replayed" in response) == (200, False)


def test_all_keys_of_one_integration_are_one_caller(alice, ada):
    old = key_for(scopes=["issues:write", "act_as"])
    new = rotate_key(ApiKey.objects.get().pk, actor=Actor(employee=ada, via="admin")).secret
    first = Caller(old).patch(Idempotency_Key="k")
    assert first.status_code == 200
    same_answer(first, Caller(new).patch(Idempotency_Key="k"))
    assert kettles() == 1


def test_all_keys_of_one_employee_are_one_caller(alice):
    first = Caller(key_for(alice)).patch(Idempotency_Key="k")
    same_answer(first, Caller(key_for(alice)).patch(Idempotency_Key="k"))


def test_two_integrations_are_two_callers(alice):
    first, second = Caller(key_for(None)), Caller(key_for(None))
    assert first.patch(Idempotency_Key="k").status_code == 200
    assert "Idempotent-Replayed" not in second.patch(THING | {"name": "pot"}, Idempotency_Key="k")


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\x7f", "a\tb"])
def test_a_key_is_1_to_255_printable_ascii_characters(alices, key):
    body = refused(alices.patch(Idempotency_Key=key), 400, "VALIDATION_ERROR")
    assert set(body["errors"]) == {"Idempotency-Key"}
    assert kettles() == 0


@pytest.mark.parametrize("key", ["a", "x" * 255, "A b~!\"'", "019a-…".encode("ascii", "ignore").decode()])
def test_any_such_key_works(alices, key):
    first = alices.patch(Idempotency_Key=key)
    same_answer(first, alices.patch(Idempotency_Key=key))


def test_reading_needs_no_key_and_ignores_one(alices):
    for _ in range(2):
        response = alices("GET", "/things/one", Idempotency_Key="k")
        assert (response.status_code, "Idempotent-Replayed" in response) == (200, False)
    assert not IdempotentCall.objects.exists()


@pytest.mark.parametrize("how", ["bug", "database"])
def test_a_failure_of_ours_leaves_nothing_and_frees_the_key(alices, how):
    for _ in range(2):
        response = alices("POST", f"/breaks/{how}", {}, Idempotency_Key="k")
        assert response.status_code >= 500
        assert "Idempotent-Replayed" not in response
    assert not IdempotentCall.objects.exists()
    assert not Group.objects.filter(name__startswith="half done").exists()


def test_a_refusal_undoes_what_was_half_done(alices):
    first = alices("POST", "/breaks/http404", {}, Idempotency_Key="k")
    refused(first, 404, "NOT_FOUND")
    assert not Group.objects.filter(name__startswith="half done").exists()
    same_answer(first, alices("POST", "/breaks/http404", {}, Idempotency_Key="k"))


def test_401_and_429_are_not_kept(alice, alices, settings):
    refused(Caller().patch(Idempotency_Key="k"), 401, "NOT_AUTHENTICATED")
    with_burst, settings.RATE_LIMIT_BURST = settings.RATE_LIMIT_BURST, 0
    refused(alices.patch(Idempotency_Key="k"), 429, "RATE_LIMITED")
    settings.RATE_LIMIT_BURST = with_burst
    assert not IdempotentCall.objects.exists()
    assert Caller(key_for(alice)).patch(Idempotency_Key="k").status_code == 200


def test_a_key_that_lost_its_scope_still_gets_the_answer_to_its_call(alice):
    secret = key_for(alice)
    first = Caller(secret).patch(Idempotency_Key="k")
    alice.keys.update(scopes=[])
    same_answer(first, Caller(secret).patch(Idempotency_Key="k"))


def claimed(alice, **fields) -> IdempotentCall:
    """A claim of a call like ``alices.patch`` that has not ended."""
    Caller(key_for(alice)).patch(Idempotency_Key="k")
    Group.objects.filter(name="kettle").delete()
    IdempotentCall.objects.update(status=None, body=b"", headers={}, **fields)
    return IdempotentCall.objects.get()


def test_while_a_call_is_worked_on_others_wait(alice, alices):
    claimed(alice)
    response = alices.patch(Idempotency_Key="k")
    refused(response, 409, "IDEMPOTENCY_IN_PROGRESS")
    assert int(response["Retry-After"]) >= 1
    assert kettles() == 0


def test_a_call_whose_process_died_is_taken_over_when_its_lease_ends(alice, alices, settings):
    claimed(alice)
    with clock.as_if_at(clock.now() + timedelta(seconds=settings.IDEMPOTENCY_CLAIM_SECONDS + 1)):
        first = alices.patch(Idempotency_Key="k")
    assert first.status_code == 200
    assert kettles() == 1
    same_answer(first, alices.patch(Idempotency_Key="k"))


def test_a_dead_claim_of_another_request_is_not_taken_over(alice, alices):
    claimed(alice, claimed_until=clock.now() - timedelta(seconds=1))
    refused(alices.patch(THING | {"name": "pot"}, Idempotency_Key="k"), 422, "IDEMPOTENCY_KEY_REUSED")


def test_of_two_that_take_over_one_may(alice):
    dead = claimed(alice, claimed_until=clock.now() - timedelta(seconds=1))
    first, second = (IdempotentCall.objects.get() for _ in range(2))
    news = [IdempotentCall(claim=idempotency.uuid.uuid4(), claimed_until=clock.now()) for _ in range(2)]
    assert idempotency.take_over(first, news[0])
    assert not idempotency.take_over(second, news[1])
    assert IdempotentCall.objects.get(pk=dead.pk).claim == news[0].claim


def test_answers_are_kept_for_at_least_a_day_and_then_forgotten(alices, settings):
    assert settings.IDEMPOTENCY_KEEP_HOURS >= 24
    first = alices.patch(Idempotency_Key="k")
    for hours, kept in [(24, True), (settings.IDEMPOTENCY_KEEP_HOURS + 1, False)]:
        with clock.as_if_at(clock.now() + timedelta(hours=hours)):
            forget_idempotent_calls()
            if kept:
                same_answer(first, alices.patch(Idempotency_Key="k"))
        assert IdempotentCall.objects.exists() == kept
