"""An order as the contract writes it, and the columns that it becomes."""

from collections.abc import Mapping
from typing import Any

Content = Mapping[str, Any]  # the body of PUT /orders/{order_id}, typed: Decimal, datetime

PAYMENT = ("payment_method", "payment_provider", "payment_reference")


def columns_of(content: Content) -> dict[str, Any]:
    """The order's columns; what is optional and not given is emptied, as a replacement does."""
    payment = content["payment"]
    return {
        "store_id": content["store"]["id"],
        "customer_id": (content.get("customer") or {}).get("id"),
        "currency": content["currency"],
        "total_amount": content["total_amount"],
        "payment_method": payment["method"],
        "payment_provider": payment.get("provider") or "",
        "payment_reference": payment.get("reference") or "",
        "placed_at": content.get("placed_at"),
        "partner": content.get("partner") or "",
    }


def names_of(columns: list[str]) -> list[str]:
    """The fields of the body that these columns stand for, each once."""
    renamed = {"store_id": "store", "customer_id": "customer"} | dict.fromkeys(PAYMENT, "payment")
    return list(dict.fromkeys(renamed.get(column, column) for column in columns))
