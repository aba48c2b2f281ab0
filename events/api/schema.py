"""What the API's schema says of events."""

from drf_spectacular.utils import OpenApiParameter

from common.api.openapi import PAGED, Operation, page_of, several_of
from events.api.shapes import Feed, Type
from events.api.webhook_schema import OPERATIONS as OF_WEBHOOKS
from events.vocabulary import TYPES

LIMIT = PAGED[0]
EXAMPLE = {
    "id": "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b22",
    "type": "issue.escalated",
    "version": 1,
    "timestamp": "2026-01-30T09:15:00Z",
    "order_id": "ORDER-1001",
    "issue_id": "018f3c1e-6b1d-7d0e-9d55-2f6a1c9e4b10",
    "via": "api",
    "request_id": "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b21",
    "data": {"from": "open", "to": "escalated"},
}


OF_EVENTS = {
    "GET /events": Operation(
        "list_events",
        "All that happened, from the oldest event on, none left out",
        {200: Feed},
        query=(
            OpenApiParameter("after", str, description="A cursor: only events behind it."),
            several_of("type", list(TYPES)),
            LIMIT,
        ),
        refusals=("GONE",),
        answer_example={
            "results": [EXAMPLE | {"cursor": "42"}],
            "next": "https://desk.example/api/v1/events?after=42",
            "cursor": "42",
            "has_more": False,
        },
    ),
    "GET /events/types": Operation("list_event_types", "Every kind of event, with its schema", {200: page_of(Type)}),
}

OPERATIONS = {**OF_EVENTS, **OF_WEBHOOKS}
