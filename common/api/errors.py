"""Every refusal as an answer: which code has which HTTP status, and how a framework's error is one of ours."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.core import exceptions as django
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from common.errors import DeskError, NotFound, PermissionDenied, ValidationFailed

log = structlog.get_logger("redress.api")

STATUS = {
    "VALIDATION_ERROR": 400,
    "MALFORMED_REQUEST": 400,
    "INVALID_ATTACHMENT": 400,
    "NOT_AUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ORDER_NOT_FOUND": 404,
    "ISSUE_NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "INVALID_STATUS_TRANSITION": 409,
    "ISSUE_CLOSED": 409,
    "POSSIBLE_DUPLICATE_REFUND": 409,
    "APPROVAL_ALREADY_DECIDED": 409,
    "IDEMPOTENCY_IN_PROGRESS": 409,
    "ORDER_HAS_REFUNDS": 409,
    "ORDER_ITEM_IN_USE": 409,
    "REFUND_NOT_CANCELLABLE": 409,
    "REFUND_NOT_RETRYABLE": 409,
    "REFUND_NOT_REPLACEABLE": 409,
    "INSUFFICIENT_CREDIT": 409,
    "CREDIT_NOT_REVERTIBLE": 409,
    "WEBHOOK_DISABLED": 409,
    "GONE": 410,
    "STALE_ISSUE": 412,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "IDEMPOTENCY_KEY_REUSED": 422,
    "CREDIT_REFERENCE_REUSED": 422,
    "REFUND_FAILED": 422,
    "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
}


class ApiError(DeskError):
    """A refusal by the door itself; ``headers`` go with the answer."""

    def __init__(self, message: str = "", *, headers: Mapping[str, str] | None = None, **facts: Any) -> None:
        self.headers = dict(headers or {})
        super().__init__(message, **facts)


class MalformedRequest(ApiError):
    code = "MALFORMED_REQUEST"
    message = "The body must be one JSON object in UTF-8."


class NotAuthenticated(ApiError):
    code = "NOT_AUTHENTICATED"
    message = "Send a valid key as Authorization: Bearer <key>."

    def __init__(self, message: str = "") -> None:
        super().__init__(message, headers={"WWW-Authenticate": "Bearer"})


class MethodNotAllowed(ApiError):
    code = "METHOD_NOT_ALLOWED"
    message = "This address does not take that method; see the Allow header."


class NotAcceptable(ApiError):
    code = "NOT_ACCEPTABLE"
    message = "Answers are application/json."


class PayloadTooLarge(ApiError):
    code = "PAYLOAD_TOO_LARGE"
    message = "The body is too large."


class UnsupportedMediaType(ApiError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send the body as application/json."


class IdempotencyInProgress(ApiError):
    code = "IDEMPOTENCY_IN_PROGRESS"
    message = "A call with this Idempotency-Key is being worked on."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class IdempotencyKeyReused(ApiError):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another request."


class RateLimited(ApiError):
    code = "RATE_LIMITED"
    message = "Too many requests; see the Retry-After header."

    def __init__(self, *, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)})


class ServiceUnavailable(ApiError):
    code = "SERVICE_UNAVAILABLE"
    message = "The desk can't reach its database just now; try again."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to whatever was raised while a view worked: the exception handler of every API view."""
    known = as_desk_error(error)
    if known.code == "INTERNAL_ERROR":
        log.error("request.failed", exc_info=error)
    elif known.code == "SERVICE_UNAVAILABLE":
        log.error("database.unavailable", error=type(error).__name__)
    return Response(
        envelope(known, getattr(context["request"], "id", "")),
        status=STATUS[known.code],
        headers=getattr(known, "headers", None),
    )


def envelope(error: DeskError, request_id: str) -> dict[str, Any]:
    """The one body that every error has."""
    return {
        "success": False,
        "message": error.message,
        "error_code": error.code,
        "request_id": request_id,
        **error.facts,
    }


def as_desk_error(error: BaseException) -> DeskError:
    """Ours as it is, a framework's by its kind, anything else as an internal error that tells nothing."""
    if isinstance(error, DeskError):
        return error if error.code in STATUS else DeskError()
    for kinds, translate in TRANSLATIONS:
        if isinstance(error, kinds):
            return translate(error)
    return DeskError()


def field_errors(detail: Any, name: str = "") -> dict[str, list[str]]:
    """DRF's nested error details as one level: ``items.0.quantity`` to its messages."""
    parts: Iterable[tuple[Any, Any]]
    if isinstance(detail, dict):
        parts = detail.items()
    elif isinstance(detail, list) and any(isinstance(part, dict) for part in detail):
        parts = ((index, part) for index, part in enumerate(detail) if part)
    else:
        return {name or "non_field_errors": [str(message) for message in _as_list(detail)]}
    errors: dict[str, list[str]] = {}
    for key, part in parts:
        inner = name if key == "non_field_errors" and name else f"{name}.{key}" if name else str(key)
        errors |= field_errors(part, inner)
    return errors


def _as_list(detail: Any) -> list:
    return list(detail) if isinstance(detail, list | tuple) else [detail]


# The first kind that fits decides, so the narrower ones come first.
TRANSLATIONS = [
    ((OperationalError, InterfaceError), lambda error: ServiceUnavailable()),
    ((Http404, drf.NotFound), lambda error: NotFound()),
    ((django.RequestDataTooBig,), lambda error: PayloadTooLarge()),
    ((django.PermissionDenied, drf.PermissionDenied), lambda error: PermissionDenied()),
    ((drf.NotAuthenticated, drf.AuthenticationFailed), lambda error: NotAuthenticated()),
    ((drf.MethodNotAllowed,), lambda error: MethodNotAllowed()),
    ((drf.NotAcceptable,), lambda error: NotAcceptable()),
    ((drf.UnsupportedMediaType,), lambda error: UnsupportedMediaType()),
    ((drf.Throttled,), lambda error: RateLimited(seconds=int(error.wait or 1))),
    ((drf.ValidationError,), lambda error: ValidationFailed(field_errors(error.detail))),
    ((drf.ParseError, django.SuspiciousOperation, django.BadRequest), lambda error: MalformedRequest()),
    ((UnreadablePostError,), lambda error: MalformedRequest()),
]
