"""Business hours: weekdays from 9 to 17 UTC, exact over any distance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.business_time import Calendar, business_seconds

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


BERLIN = Calendar(zone="Europe/Berlin", days=(0, 1, 2, 3, 4), opens=9 * 60, closes=17 * 60, country="DE", part="BE")
NIGHTS = Calendar(zone="Europe/Berlin", opens=0, closes=24 * 60)


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "start", "end", "hours"),
    [
        # the Friday before and the Monday after the clocks go forward: 9 is 8 UTC, and then 7
        (BERLIN, utc(2026, 3, 27, 8), utc(2026, 3, 30, 15), 16),
        (BERLIN, utc(2026, 3, 27, 7), utc(2026, 3, 27, 8), 0),
        (BERLIN, utc(2026, 3, 30, 7), utc(2026, 3, 30, 8), 1),
        # and back
        (BERLIN, utc(2026, 10, 23, 7), utc(2026, 10, 26, 16), 16),
        # a day round the clock is as long as it is
        (NIGHTS, utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), 23),
        (NIGHTS, utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), 25),
        # Women's Day is free in Berlin alone, Christmas everywhere; 26 December is a Saturday
        (BERLIN, utc(2027, 3, 8, 0), utc(2027, 3, 9, 0), 0),
        (Calendar(zone="Europe/Berlin", country="DE", part="BY"), utc(2027, 3, 8, 0), utc(2027, 3, 8, 20), 20),
        (BERLIN, utc(2026, 12, 24, 8), utc(2026, 12, 28, 16), 16),
    ],
)
def test_hours_are_those_of_the_place(calendar, start, end, hours):
    assert calendar.elapsed(start, end) == timedelta(hours=hours)


@given(st.integers(0, 500_000), st.integers(0, 20_000), st.sampled_from([BERLIN, NIGHTS]))
def test_after_and_elapsed_are_each_others_reverse(start, minutes, calendar):
    begins, span = MONDAY + timedelta(minutes=start), timedelta(minutes=minutes)
    end = calendar.after(begins, span)
    assert calendar.elapsed(begins, end) == span


@given(st.integers(0, 500_000), st.integers(0, 9_000), st.integers(0, 9_000))
def test_time_only_adds_up(start, first, second):
    begins = MONDAY + timedelta(minutes=start)
    between, ends = begins + timedelta(minutes=first), begins + timedelta(minutes=first + second)
    assert BERLIN.elapsed(begins, between) + BERLIN.elapsed(between, ends) == BERLIN.elapsed(begins, ends)


def test_where_nobody_ever_works_nothing_is_due():
    assert Calendar(days=()).after(MONDAY, timedelta(hours=1)) is None
