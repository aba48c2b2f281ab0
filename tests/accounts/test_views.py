"""What every address of the API does before its own work: limits, forms, errors, and their order."""

import json
from io import BytesIO
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Scope
from common.api import body
from common.api.body import has_body, read_body
from tests.accounts.calls import THING, Caller, refused
from tests.common.test_json_parser import JSON, MALFORMED, SOUND_TEXT
from tests.factories import key_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel_urls")]

LIMIT = 256 * 1024


def body_of(size: int) -> bytes:
    """A sound update of exactly ``size`` bytes; white space is free."""
    raw = json.dumps(THING).encode()
    return raw + b" " * (size - len(raw))


class TestOneRefusal:
    def test_an_unknown_address_is_not_found_with_any_method(self, alices):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            refused(alices(method, "/nowhere"), 404, "NOT_FOUND")

    @pytest.mark.parametrize("path", ["", "/", "/things", "/things/", "/things/one/", "/THINGS/one"])
    def test_addresses_are_spelled_exactly(self, alices, path):
        refused(alices("GET", path), 404, "NOT_FOUND")

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
    @pytest.mark.parametrize("body", [b"", b"{", json.dumps(THING).encode()])
    def test_a_method_that_an_address_does_not_take(self, alices, method, body):
        response = alices(method, "/things/one", body)
        refused(response, 405, "METHOD_NOT_ALLOWED")
        assert response["Allow"] == "GET, PATCH, HEAD"

    def test_no_answer_is_kept_on_its_way(self, alices):
        for response in (
            alices.patch(Idempotency_Key="k"),
            alices.patch(Idempotency_Key="k"),
            alices("GET", "/nowhere"),
        ):
            assert response["Cache-Control"] == "no-store"

    def test_head_is_get_without_a_body(self, alices):
        response = alices("HEAD", "/things/one")
        assert (response.status_code, response.content) == (200, b"")

    @pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
    def test_a_malformed_body(self, alices, raw):
        refused(alices.patch(raw), 400, "MALFORMED_REQUEST")

    @pytest.mark.parametrize("path", ["/things/one?q=%00", "/things/a%00b"])
    def test_nul_in_an_address(self, alices, path):
        refused(alices("GET", path), 400, "MALFORMED_REQUEST")

    @pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                                      "application/jsonp", "application/json-patch+json", "text/json"])  # fmt: skip
    def test_a_body_that_is_not_json(self, alices, kind):
        response = alices("PATCH", "/things/one", THING, content_type=kind)
        refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")

    def test_a_body_that_is_packed(self, alices):
        refused(alices.patch(Content_Encoding="gzip"), 415, "UNSUPPORTED_MEDIA_TYPE")
        assert alices.patch(Content_Encoding="identity").status_code == 200

    @pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON"])
    def test_json_by_its_other_spellings(self, alices, kind):
        assert alices("PATCH", "/things/one", THING, content_type=kind).status_code == 200

    @pytest.mark.parametrize(
        "accept",
        [
            "text/html",
            "application/xml, text/*",
            "image/png;q=0.5",
            "application/json;q=0",
            "application/json; x*=nope''a",
            "application/json; a*0=x; a*=y",
        ],
    )
    def test_an_answer_that_is_not_json_is_not_made(self, alices, accept):
        refused(alices.patch(Accept=accept), 406, "NOT_ACCEPTABLE")
        refused(alices("GET", "/things/one", Accept=accept), 406, "NOT_ACCEPTABLE")

    @pytest.mark.parametrize(
        "accept",
        ["", "*/*", "application/*", "text/html, application/json;q=0.1", "application/json",
         "application/json; charset=utf-8", "application/json;charset=UTF-8;q=0.5", "application/json; indent=4"],
    )  # fmt: skip
    def test_an_answer_that_may_be_json_is_made(self, alices, accept):
        assert alices.patch(Accept=accept).status_code == 200

    def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not(self, alices):
        assert alices.patch(body_of(LIMIT)).status_code == 200
        refused(alices.patch(body_of(LIMIT + 1)), 413, "PAYLOAD_TOO_LARGE")

    def test_a_view_may_take_more(self, alice):
        caller = Caller(key_for(alice, scopes=[Scope.ORDERS_WRITE]))
        assert caller("POST", "/large", {"text": "x" * LIMIT}).json() == {"bytes": LIMIT}
        refused(caller("POST", "/large", {"text": "x" * LIMIT * 2}), 413, "PAYLOAD_TOO_LARGE")

    @pytest.mark.parametrize(
        ("how", "status", "code"),
        [
            ("bug", 500, "INTERNAL_ERROR"),
            ("integrity", 500, "INTERNAL_ERROR"),
            ("database", 503, "SERVICE_UNAVAILABLE"),
            ("http404", 404, "NOT_FOUND"),
            ("drf", 400, "VALIDATION_ERROR"),
        ],
    )
    def test_what_breaks_inside_is_told_without_its_insides(self, alices, how, status, code):
        response = alices("POST", f"/breaks/{how}", {})
        refused(response, status, code)
        for secret in (b"SELECT", b"half done", b"hunter2", b"Traceback", b"division"):
            assert secret not in response.content

    def test_a_database_that_does_not_answer_is_503_from_the_first_statement_on(self, alices):
        with mock.patch("accounts.authentication.find_key", side_effect=OperationalError("hunter2")):
            response = alices("GET", "/things/one")
        refused(response, 503, "SERVICE_UNAVAILABLE")
        assert response["Retry-After"]

    def test_too_many_calls_wait(self, alices, alice, settings):
        settings.RATE_LIMIT_PER_MINUTE, settings.RATE_LIMIT_BURST = 6, 3
        assert [alices("GET", "/things/one").status_code for _ in range(3)] == [200, 200, 200]
        response = alices.patch()
        refused(response, 429, "RATE_LIMITED")
        assert 1 <= int(response["Retry-After"]) <= 10
        assert not Group.objects.filter(name="kettle").exists()
        assert Caller(key_for(alice))("GET", "/things/one").status_code == 200  # another key, another bucket

    def test_without_a_key_no_bucket_is_touched(self, settings):
        settings.RATE_LIMIT_BURST = 1
        for _ in range(3):
            refused(Caller()("GET", "/things/one"), 401, "NOT_AUTHENTICATED")


class TestTheOrderOfRefusals:
    """Contract 3: where several apply, the first of the table answers."""

    BREAKS = [
        ("no key", 401, "NOT_AUTHENTICATED"),
        ("too many calls", 429, "RATE_LIMITED"),
        ("a bad idempotency key", 400, "VALIDATION_ERROR"),
        ("too large", 413, "PAYLOAD_TOO_LARGE"),
        ("no JSON wanted", 406, "NOT_ACCEPTABLE"),
        ("no JSON sent", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("malformed", 400, "MALFORMED_REQUEST"),
        ("no scope", 403, "PERMISSION_DENIED"),
        ("another employee", 403, "PERMISSION_DENIED"),
        ("missing thing", 404, "NOT_FOUND"),
        ("bad field", 400, "VALIDATION_ERROR"),
    ]

    @pytest.mark.parametrize("first", range(len(BREAKS)), ids=[name for name, _, _ in BREAKS])
    def test_the_first_that_applies_answers(self, alice, ada, settings, first):
        wrong = {name for name, _, _ in self.BREAKS[first:]}
        _, status, code = self.BREAKS[first]
        response = self.call(alice, wrong, settings)
        refused(response, status, code)
        assert not Group.objects.filter(name="kettle").exists()

    def call(self, alice, wrong, settings):
        if "too many calls" in wrong:
            settings.RATE_LIMIT_BURST = 0
        caller = Caller(
            "" if "no key" in wrong else key_for(alice, scopes=[] if "no scope" in wrong else [Scope.ISSUES_WRITE])
        )
        body = dict(THING)
        if "another employee" in wrong:
            body["updated_by"] = "EMP-ADA"
        if "bad field" in wrong:
            body["colour"] = "green"
        raw = json.dumps(body).encode() + (b"}" if "malformed" in wrong else b"")
        headers = {"Idempotency-Key": "é" if "a bad idempotency key" in wrong else "k"}
        if "no JSON wanted" in wrong:
            headers["Accept"] = "text/html"
        return caller(
            "PATCH",
            "/things/missing" if "missing thing" in wrong else "/things/one",
            raw + (b" " * LIMIT if "too large" in wrong else b""),
            "text/plain" if "no JSON sent" in wrong else "application/json",
            **headers,
        )

    def test_control_with_nothing_wrong_the_call_works(self, alice, settings):
        assert self.call(alice, set(), settings).status_code == 200

    def test_an_unknown_name_waits_for_the_404(self, alices):
        refused(alices.patch(THING | {"updated_by": "EMP-NOBODY"}, thing="missing"), 404, "NOT_FOUND")


class TestTheRequestId:
    @pytest.mark.parametrize("given_id", ["a", "A b~!", "x" * 128, "2026-01-31/7"])
    def test_a_fitting_id_of_the_caller_is_kept(self, alices, given_id):
        response = alices("GET", "/nowhere", X_Request_ID=given_id)
        assert response["X-Request-ID"] == given_id == response.json()["request_id"]

    @pytest.mark.parametrize("given_id", ["", "x" * 129, "é", "a\tb"])
    def test_another_gets_a_new_one(self, alices, given_id):
        response = alices("GET", "/nowhere", X_Request_ID=given_id)
        assert response["X-Request-ID"] not in ("", given_id)

    def test_each_call_has_its_own(self, alices):
        assert alices("GET", "/things/one")["X-Request-ID"] != alices("GET", "/things/one")["X-Request-ID"]


class TestBodiesInChunks:
    """A body without a declared length, as ``Transfer-Encoding: chunked`` brings it."""

    def request(self, raw: bytes, **meta):
        return RequestFactory().generic(
            "PATCH", "/", headers={"Transfer-Encoding": "chunked"},
            **{"wsgi.input": BytesIO(raw), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""} | meta,
        )  # fmt: skip

    def test_it_is_read(self):
        request = self.request(b"{}")
        assert has_body(request)
        assert read_body(request, 10) == b"{}"

    def test_it_is_not_read_beyond_the_limit(self):
        request = self.request(b"x" * 1000)
        assert read_body(request, 10) is None

    def test_the_rest_of_one_too_long_is_read_and_dropped_so_that_the_caller_hears_why(self, monkeypatch):
        request = self.request(b"x" * 1000)
        read_body(request, 10)
        assert request.META["wsgi.input"].tell() == 1000

    def test_but_not_without_end(self, monkeypatch):
        monkeypatch.setattr(body, "MOST_DISCARDED", 100)
        request = self.request(b"x" * 1000)
        read_body(request, 10)
        assert request.META["wsgi.input"].tell() == 111

    def test_where_the_server_marks_no_end_there_is_no_body(self):
        assert not has_body(self.request(b"{}", **{"wsgi.input_terminated": False}))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["updated_by", "name", "amount", "colour", "ready", "keeper"]) | SOUND_TEXT, JSON)
)
def test_no_json_body_breaks_a_view(alices, body):
    assert alices.patch(body).status_code in (200, 400, 403)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_no_bytes_break_a_view(alices, raw, accept):
    assert alices.patch(raw, Accept=accept.encode("latin-1", "ignore").decode("latin-1")).status_code in (400, 403, 406)
