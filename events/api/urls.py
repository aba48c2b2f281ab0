from django.urls import path

from events.api.views import EventsView, EventTypesView
from events.api.webhooks import (
    DeliveriesView,
    DeliveryView,
    OneWebhookView,
    RedeliverView,
    RotateView,
    SpanView,
    TestView,
    WebhooksView,
)

WEBHOOK = "webhooks/<uuid:webhook_id>"

urlpatterns = [
    path("events", EventsView.as_view()),
    path("events/types", EventTypesView.as_view()),
    path("webhooks", WebhooksView.as_view()),
    path(WEBHOOK, OneWebhookView.as_view()),
    path(f"{WEBHOOK}/rotate", RotateView.as_view()),
    path(f"{WEBHOOK}/test", TestView.as_view()),
    path(f"{WEBHOOK}/redeliver", SpanView.as_view()),
    path(f"{WEBHOOK}/deliveries", DeliveriesView.as_view()),
    path(f"{WEBHOOK}/deliveries/<uuid:delivery_id>", DeliveryView.as_view()),
    path(f"{WEBHOOK}/deliveries/<uuid:delivery_id>/redeliver", RedeliverView.as_view()),
]
