"""An order as it is answered: as the shop put it, and what of it went back."""

from typing import Any

from common.money import as_currency
from orders.models import Customer, Order, OrderItem


def order_answer(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.pk,
        "store": {"id": order.store_id, "name": order.store.name or None},
        "customer": _customer(order.customer) if order.customer else None,
        "currency": order.currency,
        "total_amount": as_currency(order.total_amount, order.currency),
        "payment": {
            "method": order.payment_method,
            "provider": order.payment_provider or None,
            "reference": order.payment_reference or None,
        },
        "placed_at": order.placed_at,
        "partner": order.partner or None,
        "items": [_item(item, order.currency) for item in sorted(order.items.all(), key=lambda item: item.pk)],
        "refunded_amount": as_currency(order.refund_reserved, order.currency),
        "refundable_amount": as_currency(order.refundable_amount, order.currency),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def _customer(customer: Customer) -> dict[str, Any]:
    personal = {name: getattr(customer, name) or None for name in ("name", "email", "phone")}
    told = {"id": customer.pk} | personal
    return told | {"language": customer.language} if customer.language else told


def _item(item: OrderItem, currency: str) -> dict[str, Any]:
    return {
        "id": item.item_id,
        "sku": item.sku or None,
        "name": item.name or None,
        "quantity": item.quantity,
        "unit_price": as_currency(item.unit_price, currency),
    }
