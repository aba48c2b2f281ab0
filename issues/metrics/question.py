"""What is asked of the figures: which days, of which issues, and grouped by what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import TruncMonth, TruncWeek

from accounts.actor import Actor
from accounts.roles import VIEW_METRICS
from common import clock
from common.errors import PermissionDenied, ValidationFailed
from issues.models import Team
from issues.workflow import IssueType, Priority

DEFAULT_DAYS, MOST_DAYS = 30, 400
NO_TEAM = "none"
MONTH = "month"
PERIODS = {"week": TruncWeek("on"), MONTH: TruncMonth("on")}
GROUPS: dict[str, Any] = {
    "store": F("store_id"), "issue_type": F("issue_type"), "team": F("team_id"), "priority": F("priority"), **PERIODS,
}  # fmt: skip
CHOICES = {"issue_type": IssueType.values, "priority": Priority.values}
COLUMNS = {"store": "store_id", "issue_type": "issue_type", "team": "team_id", "priority": "priority"}
FILTERS = tuple(COLUMNS)
PARAMETERS = ("from", "to", *FILTERS, "group_by")


@dataclass(frozen=True)
class Question:
    """``first`` and ``last`` are days in UTC, both included. ``only``: what may stand in some of ``COLUMNS``."""

    first: date
    last: date
    only: Mapping[str, frozenset[Any]]
    group_by: str = ""

    @property
    def place(self) -> Q:
        """Which facts count."""
        place = Q()
        for name, values in self.only.items():
            column = COLUMNS[name]
            place &= Q(**{f"{column}__in": values - {None}}) | (Q(**{column: None}) if None in values else Q(pk__in=[]))
        return place

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=day) for day in range((self.last - self.first).days + 1)]


def ensure_may_view(actor: Actor) -> None:
    """An integration's key says by its scope alone what it reads. Raises ``PermissionDenied``."""
    if actor.employee is not None and not actor.may(VIEW_METRICS):
        raise PermissionDenied(required_permission=VIEW_METRICS)


def question_of(parameters: Mapping[str, str], actor: Actor) -> Question:
    """Raises ``ValidationFailed`` with everything that is unfit."""
    errors = {name: ["There is no such parameter."] for name in parameters if name not in PARAMETERS}
    last = _day(parameters, "to", clock.now().date(), errors)
    first = _day(parameters, "from", last - timedelta(days=DEFAULT_DAYS - 1), errors)
    if not {"from", "to"} & errors.keys() and not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        errors["from"] = [f"Must be 0 to {MOST_DAYS - 1} days before the last day."]
    group_by = parameters.get("group_by", "")
    if group_by and group_by not in GROUPS:
        errors["group_by"] = [f"Must be of: {', '.join(GROUPS)}."]
    only = _narrowed(parameters, errors)
    if actor.grants.stores is not None:
        only["store"] = only.get("store", frozenset(actor.grants.stores)) & actor.grants.stores
    if errors:
        raise ValidationFailed(errors)
    return Question(first, last, only, group_by)


def _day(parameters: Mapping[str, str], name: str, default: date, errors: dict[str, list[str]]) -> date:
    text = parameters.get(name)
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not date(2000, 1, 1) <= day <= clock.now().date():
        errors[name] = ["Give a day up to today, like 2026-01-31."]
        return default
    return day


def _narrowed(parameters: Mapping[str, str], errors: dict[str, list[str]]) -> dict[str, frozenset[Any]]:
    only: dict[str, frozenset[Any]] = {}
    for name in FILTERS:
        wanted = [value.strip() for value in parameters.get(name, "").split(",") if value.strip()]
        if not wanted:
            continue
        known = CHOICES.get(name)
        if known is not None and set(wanted) - set(known):
            errors[name] = [f"Must be of: {', '.join(known)}."]
        only[name] = _of_teams(wanted) if name == "team" else frozenset(wanted)
    return only


def _of_teams(names: list[str]) -> frozenset[int | None]:
    """By name, as everywhere; one that nobody bears finds nothing."""
    ids = Team.objects.filter(name__in=names).values_list("pk", flat=True)
    return frozenset(ids) | ({None} if NO_TEAM in names else set())
