"""Every refusal there is has its status, and every framework's error is one of ours."""

import importlib
import pkgutil

import pytest
from django.core import exceptions as django
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf

import accounts
import events
import issues
import orders
import refunds
from common.api.errors import STATUS, as_desk_error, envelope, field_errors
from common.errors import DeskError, ValidationFailed

# Contract 3 and 9: code to status.
CONTRACT = {
    "VALIDATION_ERROR": 400, "MALFORMED_REQUEST": 400, "INVALID_ATTACHMENT": 400, "NOT_AUTHENTICATED": 401,
    "PERMISSION_DENIED": 403, "ORDER_NOT_FOUND": 404, "ISSUE_NOT_FOUND": 404, "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405, "NOT_ACCEPTABLE": 406, "PAYLOAD_TOO_LARGE": 413, "UNSUPPORTED_MEDIA_TYPE": 415,
    "INVALID_STATUS_TRANSITION": 409, "ISSUE_CLOSED": 409, "POSSIBLE_DUPLICATE_REFUND": 409,
    "APPROVAL_ALREADY_DECIDED": 409, "IDEMPOTENCY_IN_PROGRESS": 409, "ORDER_HAS_REFUNDS": 409, "ORDER_ITEM_IN_USE": 409,
    "REFUND_NOT_CANCELLABLE": 409, "REFUND_NOT_RETRYABLE": 409, "STALE_ISSUE": 412, "IDEMPOTENCY_KEY_REUSED": 422,
    "REFUND_FAILED": 422, "RATE_LIMITED": 429, "INTERNAL_ERROR": 500, "SERVICE_UNAVAILABLE": 503,
}  # fmt: skip


def test_the_statuses_are_those_of_the_contract():
    assert CONTRACT.items() <= STATUS.items()


def kinds_of(error):
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


def test_every_refusal_of_every_app_has_a_status():
    for app in (accounts, events, issues, orders, refunds):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if "migrations" not in module.name and "management" not in module.name:
                importlib.import_module(module.name)
    ours = {kind.code for kind in kinds_of(DeskError) if not kind.__module__.startswith("tests.")}
    assert ours <= STATUS.keys()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Http404("SELECT secret"), "NOT_FOUND"),
        (django.PermissionDenied("secret"), "PERMISSION_DENIED"),
        (django.DisallowedHost("secret"), "MALFORMED_REQUEST"),
        (django.BadRequest("secret"), "MALFORMED_REQUEST"),
        (django.RequestDataTooBig("secret"), "PAYLOAD_TOO_LARGE"),
        (OperationalError("secret"), "SERVICE_UNAVAILABLE"),
        (InterfaceError("secret"), "SERVICE_UNAVAILABLE"),
        (drf.ParseError("secret"), "MALFORMED_REQUEST"),
        (drf.NotAuthenticated(), "NOT_AUTHENTICATED"),
        (drf.AuthenticationFailed("secret"), "NOT_AUTHENTICATED"),
        (drf.PermissionDenied("secret"), "PERMISSION_DENIED"),
        (drf.NotFound("secret"), "NOT_FOUND"),
        (drf.MethodNotAllowed("PUT"), "METHOD_NOT_ALLOWED"),
        (drf.NotAcceptable("secret"), "NOT_ACCEPTABLE"),
        (drf.UnsupportedMediaType("secret"), "UNSUPPORTED_MEDIA_TYPE"),
        (drf.Throttled(wait=3), "RATE_LIMITED"),
        (ValueError("secret"), "INTERNAL_ERROR"),
        (type("Strange", (DeskError,), {"code": "STRANGE"})("secret"), "INTERNAL_ERROR"),
    ],
    ids=repr,
)
def test_a_frameworks_error_is_told_in_our_form_and_without_its_text(error, code):
    known = as_desk_error(error)
    assert known.code == code
    assert "secret" not in str(envelope(known, "id"))


def test_the_envelope_has_the_four_fields_and_the_facts():
    error = ValidationFailed({"notes": ["Too long."]})
    assert envelope(error, "r-1") == {
        "success": False, "message": error.message, "error_code": "VALIDATION_ERROR", "request_id": "r-1",
        "errors": {"notes": ["Too long."]},
    }  # fmt: skip


def test_nested_field_errors_become_one_level():
    detail = {"a": ["x"], "b": {"c": ["y"]}, "d": [{}, {"e": ["z"]}], "f": {"non_field_errors": ["w"]}}
    assert field_errors(detail) == {"a": ["x"], "b.c": ["y"], "d.1.e": ["z"], "f": ["w"]}
    assert field_errors(["plain"]) == {"non_field_errors": ["plain"]}
