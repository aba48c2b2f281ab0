"""What each request passes: its id and log line, and, for browsers alone, session, CSRF and messages.

A call that brings an ``Authorization`` header to the API needs none of the browser's machinery, so it is spared
its cost.
"""

import time

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django_htmx.middleware import HtmxMiddleware

from common.ids import new_id

log = structlog.get_logger("redress.request")

HEALTH_ROUTES = ("healthz", "readyz")  # looked at every second: worth a line when something is wrong


class RequestMiddleware:
    """Gives the request its id, and one log line at its end: the route, never the query or a body."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        request.id = _request_id(request.headers.get("X-Request-ID", ""))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        route = getattr(request.resolver_match, "route", None)
        is_a_look = route in HEALTH_ROUTES and response.status_code < 400
        (log.debug if is_a_look else log.info)(
            "request.finished",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        return response


def _request_id(proposed: str) -> str:
    """The caller's, if it is 1 to 128 printable ASCII characters, else a new one."""
    acceptable = 1 <= len(proposed) <= 128 and proposed.isascii() and proposed.isprintable()
    return proposed if acceptable else str(new_id())


class ForBrowsers:
    """Steps aside for API calls with a key."""

    def __call__(self, request):
        if request.path_info.startswith("/api/") and "HTTP_AUTHORIZATION" in request.META:
            return self.get_response(request)  # type: ignore[attr-defined]
        return super().__call__(request)  # type: ignore[misc]


class Sessions(ForBrowsers, SessionMiddleware):
    pass


class Csrf(ForBrowsers, CsrfViewMiddleware):
    pass


class Authentication(ForBrowsers, AuthenticationMiddleware):
    pass


class Messages(ForBrowsers, MessageMiddleware):
    pass


class Htmx(ForBrowsers, HtmxMiddleware):
    pass


class ContentSecurityPolicy(ForBrowsers, CSPMiddleware):
    """Strict everywhere but in the admin, whose Alpine evaluates expressions and sets styles."""

    ADMIN = {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}

    def get_policy_parts(self, request, response, report_only=False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.replace = self.ADMIN
        return parts
