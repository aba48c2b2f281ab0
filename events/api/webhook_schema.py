"""What the API's schema says of webhooks."""

from drf_spectacular.utils import OpenApiParameter

from common.api.openapi import PAGED, Answer, Operation, done, page_of
from common.api.serializers import StrictSerializer
from events.api.serializers import (
    NewWebhookSerializer,
    NothingSerializer,
    SpanSerializer,
    WebhookChangesSerializer,
)
from events.api.shapes import Delivery, DeliveryRow, Span, Webhook, WebhookWithSecret

Body = type[StrictSerializer]

WEBHOOK = "/webhooks/{webhook_id}"
DELIVERY = f"{WEBHOOK}/deliveries/{{delivery_id}}"
NEW = {"url": "https://shop.example/redress", "events": ["issue.resolved", "refund.succeeded"]}
STATUS = OpenApiParameter("status", str, enum=["pending", "delivered", "failed"])


def _sends(name: str, summary: str, answer: Answer, body: Body = NothingSerializer, **example: str) -> Operation:
    answers = {202: done(answer)}
    return Operation(name, summary, answers, body=body, body_example=example, refusals=("WEBHOOK_DISABLED",))


OPERATIONS = {
    "GET /webhooks": Operation("list_webhooks", "Webhooks, newest first", {200: page_of(Webhook)}, query=PAGED),
    "POST /webhooks": Operation(
        "create_webhook",
        "Have events sent to an address; the answer shows the secret",
        {201: done(WebhookWithSecret)},
        body=NewWebhookSerializer,
        body_example=NEW,
    ),
    f"GET {WEBHOOK}": Operation("get_webhook", "A webhook", {200: Webhook}),
    f"PATCH {WEBHOOK}": Operation(
        "change_webhook",
        "Change a webhook, or switch it off or on",
        {200: done(Webhook)},
        body=WebhookChangesSerializer,
        body_example={"enabled": False},
    ),
    f"POST {WEBHOOK}/rotate": Operation(
        "rotate_webhook",
        "A new secret; for a day both sign",
        {200: done(WebhookWithSecret)},
        body=NothingSerializer,
    ),
    f"POST {WEBHOOK}/test": _sends("test_webhook", "Send a webhook.test to this one", DeliveryRow),
    f"POST {WEBHOOK}/redeliver": _sends(
        "redeliver_span",
        "Send again what happened in a span of time and did not arrive",
        Span,
        SpanSerializer,
        since="2026-01-30T00:00:00Z",
        until="2026-01-31T00:00:00Z",
    ),
    f"GET {WEBHOOK}/deliveries": Operation(
        "list_deliveries", "What was sent, newest first", {200: page_of(DeliveryRow)}, query=(STATUS, *PAGED)
    ),
    f"GET {DELIVERY}": Operation("get_delivery", "A delivery with each of its attempts", {200: Delivery}),
    f"POST {DELIVERY}/redeliver": _sends("redeliver", "Send a delivery again, under the same id", DeliveryRow),
}
