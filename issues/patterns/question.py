"""What is asked of the patterns: which window, held against how much of the past, and how sure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from accounts.actor import Grants
from common import clock
from common.errors import ValidationFailed
from issues.listing import Unfit, moment_of

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)

# Whole numbers: the least, the most, and what is taken if nothing is said.
NUMBERS = {"hours": (1, 168, 24), "weeks": (1, 26, 8), "at_least": (2, 1000, 5), "false_alarms": (1, 50, 5)}
PARAMETERS = ("until", *NUMBERS)


@dataclass(frozen=True)
class PatternQuestion:
    """The ``hours`` before ``until``, against the same hours of the same weekdays in the ``weeks`` before.

    A pattern has ``at_least`` so many issues, and of all that are found, at most ``false_alarms`` percent are chance.
    """

    until: datetime
    hours: int
    weeks: int
    at_least: int
    false_alarms: int
    grants: Grants

    @property
    def since(self) -> datetime:
        return self.until - timedelta(hours=self.hours)

    @property
    def a_day_before(self) -> "PatternQuestion":
        return replace(self, until=self.until - DAY)


def question_of(parameters: Mapping[str, str], grants: Grants) -> PatternQuestion:
    """Raises ``ValidationFailed`` with everything that is unfit."""
    errors = {name: ["There is no such parameter."] for name in parameters if name not in PARAMETERS}
    numbers = {name: _number(parameters.get(name), name, errors) for name in NUMBERS}
    until = clock.now()
    try:
        until = min(moment_of(parameters["until"]), until) if "until" in parameters else until
    except Unfit as unfit:
        errors["until"] = [str(unfit)]
    if until.year < 2000:
        errors["until"] = ["Give a moment since the year 2000."]
    if errors:
        raise ValidationFailed(errors)
    return PatternQuestion(until=until, grants=grants, **numbers)


def _number(text: Any, name: str, errors: dict[str, list[str]]) -> int:
    least, most, default = NUMBERS[name]
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        errors[name] = [f"Must be a number from {least} to {most}."]
        return default
    return int(text)
