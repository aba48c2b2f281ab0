"""Business hours: weekdays, holidays and opening times where somebody works, for the figures and for the deadlines."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

WEEK = tuple(range(7))  # Monday is 0
MIDNIGHT = 24 * 60
DAY = timedelta(days=1)
FURTHEST = timedelta(days=3660)  # no deadline lies further off


@dataclass(frozen=True)
class Calendar:
    """``opens`` and ``closes`` are minutes of the local day; ``country`` and ``part`` say whose public holidays.

    A day on which the clocks change is as long as it is: from opening to closing by the local clock.
    """

    zone: str = "UTC"
    days: tuple[int, ...] = WEEK
    opens: int = 0
    closes: int = MIDNIGHT
    country: str = ""
    part: str = ""

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much of a stretch lies within the hours; nothing where ``end`` is not later."""
        return sum((until - since for since, until in self.openings(start, end)), timedelta())

    def after(self, start: datetime, span: timedelta) -> datetime | None:
        """The moment at which ``span`` has passed since ``start``; None where that is years off."""
        for since, until in self.openings(start, start + FURTHEST):
            if span <= until - since:
                return since + span
            span -= until - since
        return None

    def openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The parts of a stretch that lie within the hours, in UTC."""
        zone = _zone(self.zone)
        first, last = start.astimezone(zone).date() - DAY, end.astimezone(zone).date()
        for number in range((last - first).days + 1):
            opening = _opening(self, first + number * DAY)
            if opening and max(opening[0], start) < min(opening[1], end):
                yield max(opening[0], start), min(opening[1], end)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "days": list(self.days)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Calendar":
        return cls(**{**values, "days": tuple(values["days"])})


ROUND_THE_CLOCK = Calendar()


@lru_cache(maxsize=20_000)
def _opening(calendar: Calendar, day: date) -> tuple[datetime, datetime] | None:
    if day.weekday() not in calendar.days or is_holiday(day, calendar.country, calendar.part):
        return None
    opens, closes = (_local(day, minutes, _zone(calendar.zone)) for minutes in (calendar.opens, calendar.closes))
    return (opens, closes) if opens < closes else None


def _local(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, minutes = divmod(minutes, MIDNIGHT)
    hour, minute = divmod(minutes, 60)
    return datetime.combine(day + timedelta(days=days), time(hour, minute), tzinfo=zone).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def is_holiday(day: date, country: str, part: str = "") -> bool:
    """A public holiday of the country, or of its part."""
    return bool(country) and day in _holidays(country, part)


@cache
def _holidays(country: str, part: str) -> holidays.HolidayBase:
    """Raises ``NotImplementedError`` for a country or part that the library does not know."""
    return holidays.country_holidays(country, subdiv=part or None)


def business_seconds(start: datetime, end: datetime) -> int:
    """Whole seconds of the desk's own hours (settings, in UTC) between two moments, as the figures count them."""
    opens, closes = settings.BUSINESS_HOURS
    ours = Calendar(days=tuple(settings.BUSINESS_DAYS), opens=opens * 60, closes=closes * 60)
    return int(ours.elapsed(start, end).total_seconds())
