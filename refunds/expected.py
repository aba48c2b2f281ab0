"""When the customer can expect the money: ``settings.REFUND_DAYS``, in business days."""

from datetime import date, datetime, timedelta

from django.conf import settings

from refunds.models import Source

SATURDAY = 5


def expected_by(source: str, payment_method: str, *, start: datetime) -> date:
    """The last day on which the money should arrive (the upper bound) when its way begins at ``start``."""
    return add_business_days(start.date(), settings.REFUND_DAYS[source][payment_method])


def payment_expected_by(source: str, payment_method: str, *, start: datetime) -> date:
    """As ``expected_by``, where the insurer has nothing more to decide: it is paid as the merchant would pay."""
    payer = Source.MERCHANT if source == Source.INSURANCE else source
    return expected_by(payer, payment_method, start=start)


def add_business_days(day: date, count: int) -> date:
    """``count`` days from Monday to Friday after ``day``; none after it is the day itself, a Sunday too."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
