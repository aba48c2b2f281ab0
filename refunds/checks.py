"""At start-up: a lease must outlive whoever holds it, and claims and keys must reach those alone whom they are for."""

from itertools import pairwise
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004

from refunds.providers.insurer_http import is_loopback, is_safe

LIMITS = ("REFUND_HTTP_TIMEOUT", "TASK_SOFT_LIMIT", "TASK_HARD_LIMIT", "LEASE_SECONDS", "BROKER_VISIBILITY_TIMEOUT")


def check_limits(**kwargs) -> list[CheckMessage]:
    """Each of ``LIMITS`` must be shorter than the next."""
    return [
        Error(f"{shorter} must be less than {longer}.", id="refunds.E001")
        for shorter, longer in pairwise(LIMITS)
        if not getattr(settings, shorter) < getattr(settings, longer)
    ]


def check_insurer(**kwargs) -> list[CheckMessage]:
    """Who is to be called must be reached safely, and know that it is us."""
    if not settings.INSURER_URL:
        return []
    errors: list[CheckMessage] = []
    if not is_safe(urlsplit(settings.INSURER_URL)):
        errors.append(Error("INSURER_URL must be https.", id="refunds.E002"))
    if not settings.INSURER_SECRET:
        errors.append(Error("INSURER_URL needs an INSURER_SECRET.", id="refunds.E003"))
    return errors


def check_stripe(**kwargs) -> list[CheckMessage]:
    """The keys go where ``STRIPE_API_BASE`` says; an account that hears of no events learns late what failed."""
    errors: list[CheckMessage] = []
    base = urlsplit(settings.STRIPE_API_BASE)
    if base.scheme != "https" and not is_loopback(base.hostname or ""):
        errors.append(Error("STRIPE_API_BASE must be https.", id="refunds.E004"))
    for account, key in settings.STRIPE_KEYS.items():
        if key and not settings.STRIPE_EVENT_SECRETS[account]:
            name = f"STRIPE_{account.upper()}_WEBHOOK_SECRET"
            errors.append(Warning(f"Without {name} the events of that account are refused.", id="refunds.W001"))
    return errors
