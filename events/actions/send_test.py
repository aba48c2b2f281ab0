"""Send a webhook something to see it arrive."""

from uuid import UUID

from accounts.actor import Actor, use_case
from common.nudge import nudge_after_commit
from events.actions.lock_webhook import ensure_enabled, lock_webhook
from events.models import WebhookDelivery
from events.record import record
from events.vocabulary import TEST
from events.webhooks.fan_out import SEND


@use_case
def send_test(webhook_id: UUID, *, actor: Actor) -> WebhookDelivery:
    """To this one alone. Raises ``PermissionDenied``, ``NotFound`` and ``WebhookDisabled``."""
    endpoint = lock_webhook(webhook_id, actor=actor)
    ensure_enabled(endpoint)
    (event,) = record({TEST: {"webhook_id": str(endpoint.pk)}}, actor=actor)
    delivery = WebhookDelivery.objects.create(endpoint=endpoint, event=event)
    nudge_after_commit(SEND)
    return delivery
