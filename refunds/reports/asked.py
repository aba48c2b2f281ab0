"""What a report is asked for: its days, and its words. Days are those of UTC."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from common import clock
from common.errors import ValidationFailed

DAYS_UNASKED = 30
MOST_DAYS = 366
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
DATE_TEXT = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DAY = timedelta(days=1)

Choices = Mapping[str, Sequence[str]]
Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Period:
    """From the first moment of the day ``first`` to the last one of ``last``."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment that is out of it."""
        return datetime.combine(self.last + DAY, time(), UTC)


@dataclass(frozen=True)
class Asked:
    period: Period
    words: Mapping[str, str]


def read(given: Mapping[str, str], choices: Choices, *, dated: bool) -> Asked:
    """``from`` and ``to``, where the report is ``dated``, and of each of ``choices`` one word: the first by default.

    Raises ``ValidationFailed`` with all that is wrong, by parameter.
    """
    days = ("from", "to") if dated else ()
    errors = _unknown(given, (*choices, *days)) | _unfit(given, choices)
    period = _period({name: given[name] for name in days if name in given}, errors)
    if errors:
        raise ValidationFailed(errors)
    return Asked(period, {name: given.get(name, known[0]) for name, known in choices.items()})


def _unknown(given: Iterable[str], known: Sequence[str]) -> Errors:
    return {name: ["There is no such parameter."] for name in given if name not in known}


def _unfit(given: Mapping[str, str], choices: Choices) -> Errors:
    return {
        name: [f"Must be one of: {', '.join(known)}."]
        for name, known in choices.items()
        if name in given and given[name] not in known
    }


def _period(given: Mapping[str, str], errors: Errors) -> Period:
    """The days from ``from`` to ``to``, both in it; without them the last ones up to today. Adds to ``errors``."""
    days: dict[str, date] = {}
    for name, text in given.items():
        try:
            days[name] = _day(text)
        except ValueError:
            errors[name] = ["Give a date of the years 2000 to 2999, like 2026-01-31."]
    last = days.get("to") or max(clock.now().date(), days.get("from", EARLIEST))
    first = days.get("from") or max(EARLIEST, last - (DAYS_UNASKED - 1) * DAY)
    if last < first:
        errors.setdefault("to", ["Must not be before from."])
    elif (last - first).days >= MOST_DAYS:
        errors.setdefault("to", [f"At most {MOST_DAYS} days can be asked for at once."])
    return Period(first, last)


def _day(text: str) -> date:
    """Raises ``ValueError``."""
    day = date.fromisoformat(text) if DATE_TEXT.fullmatch(text) else date.min
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day
