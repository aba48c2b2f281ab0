"""Have events sent to an address from now on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor, use_case
from common import clock
from common.errors import ValidationFailed
from events.models import WebhookEndpoint
from events.webhooks.rules import broken_rules, ensure_may_manage
from events.webhooks.secrets import new_secret, sealed


@dataclass(frozen=True)
class WithSecret:
    """``secret`` is told here and now, and never again."""

    endpoint: WebhookEndpoint
    secret: str


@use_case
def create_webhook(new: Mapping[str, Any], *, actor: Actor) -> WithSecret:
    """``new``: ``url``, ``events`` and, if given, ``description`` and ``store_id`` (None: all stores).

    Raises ``PermissionDenied`` and ``ValidationFailed``.
    """
    ensure_may_manage(actor)
    given = {"store_id": None, **new}
    if errors := broken_rules(given, actor.grants):
        raise ValidationFailed(errors)
    secret = new_secret()
    now = clock.now()
    endpoint = WebhookEndpoint(
        owner=actor.employee, secret=sealed(secret), secret_changed_at=now, created_at=now, **given
    )
    endpoint.save(force_insert=True)
    return WithSecret(endpoint, secret)
