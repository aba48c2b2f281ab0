"""An event as others see it: in the feed and in a webhook."""

from typing import Any

from events.models import Event
from events.vocabulary import data_of


def event_answer(event: Event) -> dict[str, Any]:
    """The same for as long as the event is kept: it is made of the event's row alone."""
    return {
        "id": str(event.pk),
        "type": event.name,
        "version": event.version,
        "timestamp": event.created_at,
        "order_id": event.order_id or None,
        "issue_id": str(event.issue_id) if event.issue_id else None,
        "via": event.via,
        "request_id": event.request_id or None,
        "data": data_of(event.name, event.data),
    }
