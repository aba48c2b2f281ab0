"""Events of the payment server, signed and sent as Stripe would, and what comes of them here."""

import json
import time
from datetime import timedelta
from decimal import Decimal

import stripe
from django.test import Client

from accounts.actor import Actor
from common import clock
from orders.models import Order
from refunds.actions.apply_event import apply_due_events
from tests import factories
from tests.refunds.stripe_desk import SECRETS

HEARER = Actor.system("provider-events")
PATH = "/api/v1/providers/stripe/events"


def signed(raw: bytes, *, secret=SECRETS["merchant"], age=0) -> str:
    return stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, int(time.time()) - age)


def send(event: dict, **signing) -> int:
    raw = json.dumps({name: value for name, value in event.items() if not name.startswith("_")}).encode()
    return post(raw, signed(raw, **signing))


def post(raw: bytes, signature: str) -> int:
    headers = {"Stripe-Signature": signature} if signature else {}
    return Client().post(PATH, raw, content_type="application/json", headers=headers).status_code


def hear(*events: dict) -> None:
    for event in events:
        assert send(event) == 200
    apply_due_events(actor=HEARER)


def news(server, kind: str = "refund.") -> list[dict]:
    return [event for event in server.books.events if event["type"].startswith(kind)]


def later(**delta):
    return clock.as_if_at(clock.now() + timedelta(**delta))


def order_paid_by_stripe(server, reference="pi_1", *, paid=10000, **more) -> Order:
    server.books.add_payment(reference, paid)
    return factories.OrderFactory(payment_provider="stripe", payment_reference=reference, **more)


def refunded(order: Order) -> Decimal:
    return Order.objects.values_list("refund_reserved", flat=True).get(pk=order.pk)
