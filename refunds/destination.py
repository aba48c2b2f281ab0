"""Where a refund's money goes: what was asked for, and approved, holds for that payment or that customer alone."""

from orders.content import PAYMENT
from refunds.models import Refund, Source


def has_other_currency(refund: Refund) -> bool:
    """Whether the order's money is no longer what ``amount`` was told in. A refund that counts keeps it (409)."""
    return refund.currency != refund.order.currency


def goes_elsewhere(refund: Refund) -> bool:
    """Whether the order has named another payment, or for credit another customer, since the refund was asked for."""
    order = refund.order
    before = order.audit_row_at(refund.created_at)
    columns = ("customer_id",) if refund.source == Source.STORE_CREDIT else PAYMENT
    return any(getattr(before, column) != getattr(order, column) for column in columns)
