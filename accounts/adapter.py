"""How allauth signs people in at this desk."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import Employee
from common.api.rate_limit import Rate, buckets


def address_of(request: HttpRequest) -> str | None:
    """Whose tries are counted together: behind a proxy, who asked it."""
    try:
        return DeskAccounts(request).get_client_ip(request)
    except PermissionDenied:  # who is signed in by a command has none
        return None


class DeskAccounts(DefaultAccountAdapter):
    """Nobody signs up: an administrator makes employees. Tries are counted before a password is looked at.

    django-axes counts failures after them, for the record and for all processes; of many tries at once it would
    let more than its limit through.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        if buckets().take(self._bucket(request, credentials), tries()):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials) -> Employee | None:
        employee = super().authenticate(request, **credentials)
        if employee is not None:
            buckets().take(self._bucket(request, credentials), tries(), -1)
        return employee

    def _bucket(self, request: HttpRequest, credentials: dict[str, str]) -> str:
        return f"login:{credentials.get('username', '').lower()}:{self.get_client_ip(request)}"


def tries() -> Rate:
    """As many as axes allows, refilled within its cooling-off time."""
    limit = settings.AXES_FAILURE_LIMIT
    return Rate(per_second=limit / (settings.AXES_COOLOFF_TIME * 3600), burst=limit)
