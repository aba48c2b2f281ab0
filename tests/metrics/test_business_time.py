"""Business hours: weekdays from 9 to 17 UTC, exact over any distance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.metrics.business_time import business_seconds

HOUR = 3600
MONDAY = datetime(2026, 6, 15, tzinfo=UTC)


def at(days: int, hours: float) -> datetime:
    return MONDAY + timedelta(days=days, hours=hours)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(0, 9), at(0, 17), 8),
        (at(0, 10), at(0, 11.5), 1.5),
        (at(0, 3), at(0, 9), 0),
        (at(0, 17), at(1, 9), 0),
        (at(0, 16), at(1, 10), 2),
        (at(4, 16), at(7, 10), 2),  # over the weekend
        (at(5, 10), at(6, 16), 0),  # within it
        (at(0, 0), at(7, 0), 40),
        (at(0, 12), at(365 * 3, 12), 6264),
        (at(0, 12), at(0, 12), 0),
        (at(0, 13), at(0, 12), 0),  # never less than nothing
    ],
)
def test_it_counts_the_hours_in_which_somebody_works(start, end, hours):
    assert business_seconds(start, end) == hours * HOUR


def by_the_minute(start: datetime, end: datetime) -> int:
    """The same, counted off."""
    minutes = int((end - start).total_seconds()) // 60
    moments = (start + timedelta(minutes=minute) for minute in range(minutes))
    return 60 * sum(moment.weekday() < 5 and 9 <= moment.hour < 17 for moment in moments)


@given(st.integers(0, 40_000), st.integers(0, 20_000))
def test_it_is_what_counting_minutes_gives(start, length):
    begins = MONDAY + timedelta(minutes=start)
    ends = begins + timedelta(minutes=length)
    assert business_seconds(begins, ends) == by_the_minute(begins, ends)


def test_the_hours_are_a_setting(settings):
    settings.BUSINESS_DAYS, settings.BUSINESS_HOURS = (6,), (0, 24)
    assert business_seconds(at(0, 0), at(7, 0)) == 24 * HOUR
