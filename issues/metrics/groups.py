"""The same numbers for each store, type, team, priority, week or month."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from issues.metrics.backlog import backlog_by_group
from issues.metrics.question import PERIODS, Question
from issues.metrics.summary import Row, summary
from issues.metrics.tally import Tallies
from issues.models import Team
from issues.workflow import IssueType, Priority

ORDERS = {"issue_type": IssueType.values, "priority": Priority.values}


def groups_of(question: Question, found: Tallies, by_day: Mapping[date, int]) -> list[Row]:
    """Those in which anything happened, or is unresolved at the end."""
    name = question.group_by
    backlog = _at_ends(question, by_day) if name in PERIODS else backlog_by_group(question)
    label = _labels(name)
    keys = sorted(found.keys() | backlog.keys(), key=lambda key: _place(name, label(key)))
    return [{"group": label(key), **summary(found[key], backlog.get(key, 0))} for key in keys]


def _at_ends(question: Question, by_day: Mapping[date, int]) -> dict[date, int]:
    """The backlog at the last day of each week or month that lies in the period."""
    if question.group_by == "month":
        return {day.replace(day=1): by_day[day] for day in question.days}
    return {day - timedelta(days=day.weekday()): by_day[day] for day in question.days}


def _labels(name: str) -> Callable[[Any], Any]:
    if name == "team":
        names = dict(Team.objects.values_list("pk", "name"))
        return lambda key: None if key is None else names.get(key, f"Team {key}, gone")
    return lambda key: key.isoformat() if isinstance(key, date) else key


def _place(name: str, label: Any) -> tuple:
    """Types and priorities in their own order, the rest by name, and at last what has none."""
    order = ORDERS.get(name, [])
    return (label is None, order.index(label) if label in order else 0, label or "")
