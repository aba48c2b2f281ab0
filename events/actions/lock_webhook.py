"""Take hold of one webhook for a change."""

from uuid import UUID

from accounts.actor import Actor
from common.errors import NotFound
from events.errors import WebhookDisabled
from events.models import WebhookEndpoint
from events.webhooks.rules import ensure_may_manage


def lock_webhook(webhook_id: UUID, *, actor: Actor) -> WebhookEndpoint:
    """Locked to the end of the transaction. Raises ``PermissionDenied``, and ``NotFound`` for one out of sight."""
    ensure_may_manage(actor)
    try:
        return WebhookEndpoint.objects.visible_to(actor.grants).lock(webhook_id)
    except WebhookEndpoint.DoesNotExist as error:
        raise NotFound("There is no such webhook.") from error


def ensure_enabled(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_enabled:
        raise WebhookDisabled(because=endpoint.disabled_because)
