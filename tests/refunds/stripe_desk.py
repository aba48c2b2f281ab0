"""Refunds of orders that were paid by Stripe, at the payment server; what it paid by its own books."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from refunds.models import Refund
from tests.payment_server import PaymentServer
from tests.refunds.cashier import refund_of

SECRETS = {"merchant": "whsec_merchant", "platform": "whsec_platform"}


@contextmanager
def connected(settings) -> Iterator[PaymentServer]:
    """The desk with both accounts connected to a payment server."""
    with PaymentServer() as server:
        settings.STRIPE_API_BASE = server.url
        settings.STRIPE_KEYS = {"merchant": "sk_test_merchant", "platform": "sk_test_platform"}
        settings.STRIPE_EVENT_SECRETS = SECRETS
        settings.REFUND_HTTP_TIMEOUT = 2
        yield server


def stripe_refund(server: PaymentServer, reference="pi_1", *, amount="60.00", paid=10000, by, **more) -> Refund:
    """A new refund on an order of its own, whose payment of ``paid`` minor units the server knows."""
    if reference not in server.books.payments:
        server.books.add_payment(reference, paid, more.get("currency", "USD"))
    return refund_of(reference, amount=amount, by=by, payment_provider="stripe", **more)


def paid_by(server: PaymentServer, refund: Refund) -> list[int]:
    """The money that went out for the refund, in minor units; what came back is negative."""
    sign = {"paid": 1, "returned": -1}
    effects = [row for row in server.books.effects if row["metadata"].get("redress_refund") == str(refund.pk)]
    return [sign[row["kind"]] * row["amount"] for row in effects]


def keys_sent(server: PaymentServer) -> list[str]:
    """Of the calls that could move money."""
    return [call["key"] for call in server.books.calls if call["method"] == "POST"]


def reserved(refund: Refund) -> Decimal:
    return type(refund.order).objects.values_list("refund_reserved", flat=True).get(pk=refund.order_id)
