"""What the demo's four stores sold: 600 orders, the same every time, as the shop would send them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from common.money import as_currency, minor_digits

DAYS = 90
ORDERS = 600

STORES = (
    ("boston", "Boston", "USD"),
    ("austin", "Austin", "USD"),
    ("lyon", "Lyon", "EUR"),
    ("kuwait", "Kuwait City", "KWD"),
)
SHARE_OF_STORES = (35, 25, 28, 12)
FIRST_NAMES = (
    "Amara", "Ben", "Carla", "Deniz", "Emil", "Fatima", "Grace", "Hugo", "Ines", "Jonas", "Kamala", "Lucas", "Mei",
    "Noor", "Olga", "Pedro", "Quinn", "Rosa", "Samir", "Talia", "Umar", "Vera", "Wanda", "Yusuf",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Bauer", "Costa", "Dubois", "Eriksen", "Fontaine", "Gupta", "Hansen", "Ito", "Jensen", "Khan", "Larsen",
    "Mancini", "Ndiaye", "Olsen", "Park", "Rahman", "Schmidt", "Torres", "Vidal",
)  # fmt: skip
GOODS = (
    ("KET-10", "Kettle", "39.90"), ("TOA-22", "Toaster", "54.50"), ("LMP-03", "Desk lamp", "72.00"),
    ("HDP-71", "Headphones", "129.00"), ("BPK-15", "Backpack", "88.40"), ("MUG-02", "Mug", "12.90"),
    ("JKT-40", "Rain jacket", "149.00"), ("SHO-33", "Running shoes", "118.00"), ("CAM-09", "Action camera", "329.00"),
    ("CHR-12", "Office chair", "412.00"), ("BTL-05", "Water bottle", "24.00"), ("TNT-08", "Tent", "268.00"),
)  # fmt: skip
METHODS = ("card", "online", "cash", "corporate_account")
SHARE_OF_METHODS = (66, 20, 6, 8)
# How the sandbox will treat the payment, should it be refunded.
BEHAVIOURS = ("pay_ok", "pay_flaky", "pay_decline", "pay_pending", "pay_timeout", "pay_expired")
SHARE_OF_BEHAVIOURS = (80, 5, 6, 3, 4, 2)
PARTNERS = ("", "", "", "Parcel One", "Blue Courier")


@dataclass(frozen=True)
class DemoOrder:
    id: str
    placed_at: datetime
    content: dict[str, Any]

    @property
    def items(self) -> list[dict[str, Any]]:
        return self.content["items"]

    @property
    def total(self) -> Decimal:
        return self.content["total_amount"]

    @property
    def currency(self) -> str:
        return self.content["currency"]

    @property
    def payment_reference(self) -> str:
        return self.content["payment"]["reference"]


def orders(until: datetime) -> Iterator[DemoOrder]:
    """In the order in which they were placed, the last one before ``until``; the first ones before the first issue."""
    random = Random("orders")  # noqa: S311, the same shop every time is the point
    ages = sorted((random.triangular(0.3, DAYS + 25, 0.3) for _ in range(ORDERS)), reverse=True)
    for number, age in enumerate(ages, start=1):
        yield _order(random, number, until - timedelta(days=age))


def _order(random: Random, number: int, placed_at: datetime) -> DemoOrder:
    store, store_name, currency = random.choices(STORES, SHARE_OF_STORES)[0]
    items = [_item(random, position, currency) for position in range(1, random.randint(1, 3) + 1)]
    content = {
        "store": {"id": store, "name": store_name},
        "customer": _customer(random),
        "currency": currency,
        "total_amount": sum((item["unit_price"] * item["quantity"] for item in items), Decimal(0)),
        "payment": {
            "method": random.choices(METHODS, SHARE_OF_METHODS)[0],
            "provider": "sandbox",
            "reference": f"{random.choices(BEHAVIOURS, SHARE_OF_BEHAVIOURS)[0]}_{number}",
        },
        "placed_at": placed_at,
        "partner": random.choice(PARTNERS),
        "items": items,
    }
    return DemoOrder(f"ORD-{10000 + number}", placed_at, content)


def _item(random: Random, position: int, currency: str) -> dict[str, Any]:
    sku, name, price = random.choice(GOODS)
    rate = Decimal("0.305") if minor_digits(currency) == 3 else Decimal(1)
    return {
        "id": f"line-{position}",
        "sku": sku,
        "name": name,
        "quantity": random.choices((1, 2, 3), (80, 15, 5))[0],
        "unit_price": as_currency(Decimal(price) * rate, currency),
    }


def _customer(random: Random) -> dict[str, str]:
    """About 240 people, so that some come back."""
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    number = f"{FIRST_NAMES.index(first):02}{LAST_NAMES.index(last):02}"
    return {
        "id": f"cus-{number}",
        "name": f"{first} {last}",
        "email": f"{first}.{last}@customer.example".lower(),
        "phone": f"+1 555 {number}",
    }
