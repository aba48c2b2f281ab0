"""How much of a stretch of time lies within business hours: weekdays from one hour to another, in UTC."""

from datetime import date, datetime

from django.conf import settings

DAYS_OF_A_WEEK = 7
HOUR = 3600


def business_seconds(start: datetime, end: datetime) -> int:
    """Whole seconds of business hours between two moments in UTC; none where ``end`` is not later.

    Exact for any distance, and by arithmetic: an issue may have waited for years.
    """
    return _since_ever(end) - _since_ever(start) if end > start else 0


def _since_ever(moment: datetime) -> int:
    """Business seconds from the first Monday of the calendar to ``moment``."""
    opens, closes = settings.BUSINESS_HOURS
    a_day = (closes - opens) * HOUR
    day = moment.date()
    passed = int((moment.replace(tzinfo=None) - datetime(day.year, day.month, day.day)).total_seconds())
    today = min(max(passed - opens * HOUR, 0), a_day) if _is_business_day(day) else 0
    return _business_days_before(day) * a_day + today


def _business_days_before(day: date) -> int:
    weeks, weekday = divmod((day - date.min).days, DAYS_OF_A_WEEK)  # the first day of the calendar is a Monday
    return weeks * len(settings.BUSINESS_DAYS) + sum(each < weekday for each in settings.BUSINESS_DAYS)


def _is_business_day(day: date) -> bool:
    return day.weekday() in settings.BUSINESS_DAYS
