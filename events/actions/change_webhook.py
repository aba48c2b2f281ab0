"""Change where, what and whether a webhook sends."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.actor import Actor, use_case
from common.errors import ValidationFailed
from events.actions.lock_webhook import lock_webhook
from events.models import WebhookEndpoint
from events.webhooks.rules import broken_rules

BY_HAND = WebhookEndpoint.Disabled.BY_HAND
SWITCHED_OFF = "The webhook was switched off."


@use_case
def change_webhook(webhook_id: UUID, changes: Mapping[str, Any], *, actor: Actor) -> WebhookEndpoint:
    """``changes``: of ``url``, ``events``, ``description``, ``store_id`` and ``enabled``. Equal ones are none.

    What waits goes to the new address; what waits while it is switched off is given up, and can be sent again.
    Raises ``PermissionDenied``, ``NotFound`` and ``ValidationFailed``.
    """
    endpoint = lock_webhook(webhook_id, actor=actor)
    if errors := broken_rules(changes, actor.grants):
        raise ValidationFailed(errors)
    enabled = changes.get("enabled", endpoint.is_enabled)
    wanted = {name: value for name, value in changes.items() if name != "enabled"}
    if all(getattr(endpoint, name) == value for name, value in wanted.items()) and enabled == endpoint.is_enabled:
        return endpoint
    for name, value in wanted.items():
        setattr(endpoint, name, value)
    if enabled != endpoint.is_enabled:
        _switch(endpoint, on=enabled)
    endpoint.version += 1
    endpoint.save()
    return endpoint


def _switch(endpoint: WebhookEndpoint, *, on: bool) -> None:
    endpoint.is_enabled = on
    endpoint.disabled_because = "" if on else BY_HAND
    if on:  # it begins anew, as one that did nothing wrong yet
        endpoint.failing_since = None
        endpoint.lane = WebhookEndpoint.Lane.PROMPT
    else:
        endpoint.deliveries.pending().give_up(SWITCHED_OFF)
