"""Where a refund's money goes: what was asked for, and approved, holds for that payment or that customer alone."""

from typing import Any

from orders.content import PAYMENT
from orders.models import Order
from refunds.models import Refund, Source


def has_other_currency(refund: Refund) -> bool:
    """Whether the order's money is no longer what ``amount`` was told in. A refund that counts keeps it (409)."""
    return refund.currency != refund.order.currency


def goes_elsewhere(refund: Refund) -> bool:
    """Whether the order has named another payment, or for credit another customer, since the refund was asked for."""
    order = refund.order
    if refund.source == Source.STORE_CREDIT:
        return asked_for(refund) != order.customer_id
    before = order_as_asked(refund)
    return any(getattr(before, column) != getattr(order, column) for column in PAYMENT)


def credit_for(order: Order, source: str) -> str | None:
    """The customer for whom a refund from ``source`` is asked for now, by id; None where it goes to a payment."""
    return order.customer_id if source == Source.STORE_CREDIT else None


def asked_for(refund: Refund) -> str | None:
    """The customer for whom store credit was asked for; what is older than ``Refund.credit_for`` does not name them."""
    return refund.credit_for_id or order_as_asked(refund).customer_id


def order_as_asked(refund: Refund) -> Any:
    """The first row, where the clock of who asked says that there was no order yet: it was behind."""
    order = refund.order
    return order.audit_row_at(refund.created_at) or order.history.order_by("history_id").first()
