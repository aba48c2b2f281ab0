"""Who is calling: a bearer key, or a browser's session with its CSRF token."""

import re
from datetime import timedelta

from django.db.models import CharField, Q
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from accounts.models import ApiKey, Employee
from common import clock
from common.api.errors import NotAuthenticated
from common.errors import PermissionDenied
from common.prepared import Parameter, Prepared

KEY_TEXT = re.compile(r"(rdr_[0-9a-f]{10})_[A-Za-z0-9_-]{43}")
_KEY = Prepared(lambda: ApiKey.objects.select_related("employee__team").filter(prefix=Parameter("prefix", CharField())))
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>``."""

    def authenticate(self, request: Request) -> tuple[Employee | None, ApiKey] | None:
        """The key's employee (None for an integration's) and the key. Raises ``NotAuthenticated``."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated
        key = find_key(secret.strip())
        note_use(key)
        return key.employee, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BrowserAuthentication(BaseAuthentication):
    """The session of somebody who signed in; what changes something must bring the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Employee, None] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_active:
            return None
        ensure_csrf_token(request._request)
        return user, None


def find_key(secret: str) -> ApiKey:
    """The key with this secret, its employee and their team, by one statement. Raises ``NotAuthenticated``."""
    text = KEY_TEXT.fullmatch(secret)
    key = _KEY.first(prefix=text[1]) if text else None
    if key is None or not key.matches(secret) or not key.is_usable(at=clock.now()):
        raise NotAuthenticated("The key is unknown, expired or revoked.")
    if key.employee is not None and not key.employee.is_active:
        raise NotAuthenticated("The key is unknown, expired or revoked.")
    return key


def note_use(key: ApiKey) -> None:
    """Write ``last_used_at``, once a minute at most, however many calls come at once."""
    now = clock.now()
    stale = now - USE_IS_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at <= stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=stale)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


def ensure_csrf_token(request) -> None:
    """Raises ``PermissionDenied`` where a browser's unsafe call lacks the token of its session."""
    check = CSRFCheck(lambda request: None)  # type: ignore[arg-type, return-value]
    check.process_request(request)
    if check.process_view(request, None, (), {}):  # type: ignore[arg-type]
        raise PermissionDenied("The X-CSRFToken header is missing or wrong.", reason="csrf")
