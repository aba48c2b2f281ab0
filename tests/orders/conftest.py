from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.api_client import ApiClient
from tests.factories import key_for


@pytest.fixture
def content():
    """A complete order, as ``put_order`` takes it."""
    return {
        "store": {"id": "berlin", "name": "Berlin"},
        "customer": {"id": "c-1", "name": "Mina Harker", "email": "mina@shop.example", "phone": "+49 30 1"},
        "currency": "EUR",
        "total_amount": Decimal("120.50"),
        "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1"},
        "placed_at": datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        "partner": "acme",
        "items": [
            {"id": "i-1", "sku": "KETTLE", "name": "Kettle", "quantity": 2, "unit_price": Decimal("40.25")},
            {"id": "i-2", "sku": "CUP", "name": "Cup", "quantity": 4, "unit_price": Decimal("10.00")},
        ],
    }


@pytest.fixture
def shop(db):
    """The integration that pushes orders."""
    return ApiClient(key_for(None))
