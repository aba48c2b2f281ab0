"""Switch a webhook off that is gone, or that did nothing but fail for days."""

from uuid import UUID

from accounts.actor import Actor, use_case
from events.actions.change_webhook import SWITCHED_OFF
from events.models import WebhookEndpoint
from events.record import record

DISABLED = "webhook.disabled"


@use_case
def disable_webhook(webhook_id: UUID, because: str, *, actor: Actor) -> None:
    """Its owner is told. One that is switched off already stays as it is."""
    endpoint = WebhookEndpoint.objects.lock(webhook_id)
    if not endpoint.is_enabled:
        return
    endpoint.is_enabled = False
    endpoint.disabled_because = because
    endpoint.version += 1
    endpoint.save()
    endpoint.deliveries.pending().give_up(SWITCHED_OFF)
    record({DISABLED: {"webhook_id": str(endpoint.pk), "because": because}}, actor=actor)
