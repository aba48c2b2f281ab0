"""The day so far, held against the day before up to the same time (docs/metrics.md)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from accounts.actor import Actor
from common import clock
from common.money import as_currency
from issues.metrics.backlog import backlog_by_day
from issues.metrics.question import Question, question_of
from issues.metrics.summary import Row, summary
from issues.metrics.tally import no_tallies, tally
from issues.models import Milestone, RefundMilestone
from refunds.models import RefundStatus

DAY = timedelta(days=1)
COUNTS = ("created", "resolved", "backlog", "reopened")
TIMES = ("first_response", "first_resolution")
TITLES = {
    "created": "Created", "resolved": "Resolved", "backlog": "Unresolved", "reopened": "Reopened",
    "first_response": "Median to first response", "first_resolution": "Median to first resolution",
    "refunded": "Refunds paid",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A day up to ``until``."""

    day: date
    until: datetime


@dataclass(frozen=True)
class Compared:
    """``figure`` is that of ``issues.metrics.behind``. Times are in seconds; ``of`` says how many were measured.

    ``amounts``: of each currency, as (amount, currency).
    """

    figure: str
    title: str
    now: int | None
    before: int | None
    is_time: bool = False
    of: int | None = None
    amounts: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True)
class Today:
    now: Period
    before: Period
    figures: list[Compared]


def today_against_yesterday(actor: Actor) -> Today:
    moment = clock.now()
    now, before = Period(moment.date(), moment), Period(moment.date() - DAY, moment - DAY)
    question = question_of({"from": before.day.isoformat(), "to": now.day.isoformat()}, actor)
    backlog = backlog_by_day(question)
    found = no_tallies()
    told = _within(now) | _within(before)
    tally(Milestone.objects.filter(question.place & told), F("on"), into=found)
    one, other = (summary(found[period.day], backlog[period.day]) for period in (now, before))
    figures = [Compared(name, TITLES[name], one[name], other[name]) for name in COUNTS]
    figures += [_time(name, one[name], other[name]) for name in TIMES]
    return Today(now, before, [*figures, _refunds(question, now, before)])


def _within(period: Period) -> Q:
    return Q(on=period.day, at__lt=period.until)


def _time(name: str, now: Row, before: Row) -> Compared:
    return Compared(name, TITLES[name], now["clock"]["median"], before["clock"]["median"], is_time=True, of=now["n"])


def _refunds(question: Question, now: Period, before: Period) -> Compared:
    """One statement: of each currency, how many and how much were paid today, and how many yesterday."""
    of_now, of_before = _within(now), _within(before)
    paid = RefundMilestone.objects.filter(question.place & (of_now | of_before), status=RefundStatus.SUCCEEDED)
    rows = (
        paid.values("currency")
        .order_by("currency")
        .annotate(
            n=Count("pk", filter=of_now), amount=Sum("amount", filter=of_now), n_before=Count("pk", filter=of_before)
        )
    )
    found = list(rows)
    amounts = tuple((as_currency(row["amount"], row["currency"]), row["currency"]) for row in found if row["n"])
    n, n_before = (sum(row[name] for row in found) for name in ("n", "n_before"))
    return Compared("refunded", TITLES["refunded"], n, n_before, amounts=amounts)
