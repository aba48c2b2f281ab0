"""What happened, and who has been told: the outbox with its feed, messages to people, webhooks."""

from events.models.feed import FeedHead
from events.models.outbox import Channel, Delivery, DeliveryQuerySet, Event, EventQuerySet, Leased
from events.models.preferences import ChatRoom, Mode, NotificationChoice, NotificationSettings
from events.models.webhooks import (
    EVERY,
    WebhookAttempt,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
    WebhookEndpoint,
    WebhookEndpointQuerySet,
)

__all__ = [
    "EVERY",
    "Channel",
    "ChatRoom",
    "Delivery",
    "DeliveryQuerySet",
    "Event",
    "EventQuerySet",
    "FeedHead",
    "Leased",
    "Mode",
    "NotificationChoice",
    "NotificationSettings",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryQuerySet",
    "WebhookEndpoint",
    "WebhookEndpointQuerySet",
]
