"""At start-up: a lease must outlive the attempt that it is for, or a webhook would be sent twice at once."""

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_limits(**kwargs) -> list[CheckMessage]:
    if settings.WEBHOOK_TIMEOUT < settings.LEASE_SECONDS:
        return []
    return [Error("WEBHOOK_TIMEOUT must be less than LEASE_SECONDS.", id="events.E001")]
