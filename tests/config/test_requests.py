"""Headers by which a caller could break a request before any of our code has it."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory

from config.requests import DeskRequest
from tests.factories import IssueFactory, key_for

pytestmark = pytest.mark.django_db

MALFORMED = ["application/json; x*=nope''a", "application/json; a*0=x; a*=y"]


@pytest.fixture(autouse=True)
def the_connection_of_the_test_stays_open():
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


class Application(WSGIHandler):
    request_class = DeskRequest


def answer(path: str, kind: str, *, method: str = "GET", key: str = "", body: bytes = b"") -> tuple[int, dict, dict]:
    """Status, headers and body, as whoever calls the server gets them."""
    called = RequestFactory().generic(method, f"/api/v1{path}", body, headers={"Authorization": f"Bearer {key}"})
    environ = called.environ | {"CONTENT_TYPE": kind, "wsgi.input": BytesIO(body)}
    begun = []
    content = Application()(environ, lambda status, headers: begun.append((int(status[:3]), dict(headers))))
    [(status, headers)] = begun
    return status, headers, json.loads(b"".join(content))


@pytest.mark.parametrize("kind", [*MALFORMED, "application/json; charset=hex"])
def test_a_malformed_type_without_a_key_is_401_as_any(kind):
    status, headers, body = answer("/issues?limit=1", kind)
    assert (status, body["error_code"]) == (401, "NOT_AUTHENTICATED")
    assert headers["X-Request-ID"] == body["request_id"]


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_body_of_a_malformed_type_is_415(kind, issue, alice):
    path = f"/orders/{issue.order_id}/issues/{issue.pk}"
    status, _, body = answer(path, kind, method="PATCH", key=key_for(alice), body=b"{}")
    assert (status, body["error_code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("query", "charset"), [("order_id=+AAA-", "utf-7"), ("order_id=%5Cud800", "unicode_escape"), ("limit=7", "utf-16")]
)
def test_an_address_is_read_in_utf_8_whatever_the_body_is_in(alice, query, charset):
    status, _, body = answer(f"/refunds?{query}", f"application/json; charset={charset}", key=key_for(alice))
    assert (status, body["results"]) == (200, [])


def test_too_many_parameters_are_refused_in_our_words(alice):
    status, _, body = answer("/issues?" + "&" * 1001, "application/json; charset=utf-8", key=key_for(alice))
    assert (status, body["success"]) == (400, False)


def test_the_server_reads_requests_so():
    assert "request_class = DeskRequest" in (Path(__file__).parents[2] / "config" / "wsgi.py").read_text()


def test_what_is_well_formed_is_answered_as_ever(alice):
    number = IssueFactory().number
    _, _, body = answer("/issues?limit=1", "application/json; charset=utf-8", key=key_for(alice))
    assert [row["issue_number"] for row in body["results"]] == [number]
