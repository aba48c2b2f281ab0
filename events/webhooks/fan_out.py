"""From an event to what is to be sent: one delivery for each endpoint that wants it."""

from collections.abc import Sequence

from common.nudge import nudge_after_commit
from events.models import Event, WebhookDelivery, WebhookEndpoint
from events.stores import stores_of

SEND = "events.send_webhooks"


def fan_out(events: Sequence[Event]) -> None:
    """However often this is called for an event. In the transaction of the caller, which ends before anything goes."""
    endpoints = list(WebhookEndpoint.objects.filter(is_enabled=True)) if events else []
    if not endpoints:
        return
    orders = {event.order_id for event in events if event.order_id}
    stores = stores_of(orders) if any(endpoint.store_id for endpoint in endpoints) else {}
    deliveries = [
        WebhookDelivery(endpoint=endpoint, event=event)
        for event in events
        for endpoint in endpoints
        if endpoint.wants(event, stores.get(event.order_id))
    ]
    if deliveries:
        WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        nudge_after_commit(SEND)
