"""Money is a Decimal with its currency. Minor digits come from ISO 4217."""

from decimal import Decimal
from functools import cache

from django.db import models
from iso4217 import Currency

MAX_DIGITS = 14
DECIMAL_PLACES = 3
LARGEST = Decimal(10) ** (MAX_DIGITS - DECIMAL_PLACES) - Decimal(1).scaleb(-DECIMAL_PLACES)


class MoneyField(models.DecimalField):
    """An amount in the currency of its row's ``currency`` column; wide enough for three minor digits."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", MAX_DIGITS)
        kwargs.setdefault("decimal_places", DECIMAL_PLACES)
        super().__init__(*args, **kwargs)


@cache
def minor_digits(currency: str) -> int | None:
    """2 for USD, 0 for JPY, 3 for KWD; None for a code that is no currency to pay in."""
    try:
        digits = Currency(currency).exponent
    except ValueError:
        return None
    return digits if digits is not None and digits <= DECIMAL_PLACES else None


def fits_currency(amount: Decimal, currency: str) -> bool:
    """Whether ``amount`` is a whole number of the currency's minor units; trailing zeros do not matter."""
    digits = minor_digits(currency)
    return digits is not None and abs(amount) <= LARGEST and amount == round(amount, digits)


def as_currency(amount: Decimal, currency: str) -> Decimal:
    """``amount`` written with exactly the currency's minor digits: ``Decimal('5.000')`` USD is ``5.00``."""
    return round(amount, minor_digits(currency) or 0)
