"""Events and webhooks as the API shows them."""

from collections.abc import Iterable
from typing import Any

from events.models import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from events.shown import event_answer
from events.vocabulary import EventType


def feed_row(event: Event) -> dict[str, Any]:
    return event_answer(event) | {"cursor": str(event.position)}


def type_answer(each: EventType) -> dict[str, Any]:
    return {"type": each.name, "version": each.version, "description": each.sentence, "schema": each.schema}


def webhook_answer(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Reads ``owner``: join it for more than one."""
    return {
        "id": endpoint.pk,
        "url": endpoint.url,
        "description": endpoint.description or None,
        "events": endpoint.events,
        "store_id": endpoint.store_id,
        "owner": endpoint.owner.employee_id if endpoint.owner else None,
        "enabled": endpoint.is_enabled,
        "disabled_because": endpoint.disabled_because or None,
        "failing_since": endpoint.failing_since,
        "last_success_at": endpoint.last_success_at,
        "secret_changed_at": endpoint.secret_changed_at,
        "previous_secret_until": endpoint.previous_secret_until,
        "created_at": endpoint.created_at,
        "version": endpoint.version,
    }


def delivery_row(delivery: WebhookDelivery) -> dict[str, Any]:
    """Reads ``event``. ``webhook_id`` is the header that the receiver sees, the event's id."""
    return {
        "id": delivery.pk,
        "webhook_id": delivery.event_id,
        "type": delivery.event.name,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at,
        "delivered_at": delivery.delivered_at,
        "next_attempt_at": delivery.next_attempt_at,
        "last_error": delivery.last_error or None,
    }


def delivery_answer(delivery: WebhookDelivery, attempts: Iterable[WebhookAttempt]) -> dict[str, Any]:
    return delivery_row(delivery) | {
        "body": event_answer(delivery.event),
        "requests": [attempt_answer(attempt) for attempt in attempts],
    }


def attempt_answer(attempt: WebhookAttempt) -> dict[str, Any]:
    response = {
        "status": attempt.status,
        "headers": attempt.response_headers,
        "body": attempt.response_body,
    }
    return {
        "at": attempt.at,
        "milliseconds": attempt.milliseconds,
        "url": attempt.url,
        "headers": attempt.request_headers,
        "response": response if attempt.status is not None else None,
        "error": attempt.error or None,
    }
