"""Months that are over, folded: what their milestones say is added up once, so that a year is read as twelve months.

A fold is for all issues, or for those of one store, type, team or priority; what asks for two of these at once is read
from the milestones themselves. A milestone that comes late unfolds its month until it is folded again.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Value

from common import clock
from issues.metrics.question import COLUMNS, MONTH, Question
from issues.metrics.tally import Tallies, Tally, no_tallies, tally
from issues.models import Fold, FoldedMonth, Milestone

ALL = ""
IN_TIME = "."  # between a time and by which seconds it was measured
NUMBER = "i"
BATCH = 500


@dataclass(frozen=True)
class Folded:
    """The folded ``months`` within a period, read by one of ``COLUMNS`` or by none."""

    months: tuple[date, ...] = ()
    dimension: str = ALL

    @property
    def rest(self) -> Q:
        """Every other day."""
        return ~_within(self.months) if self.months else Q()


def folded_of(question: Question) -> Folded:
    """What may be read from folds."""
    grouped = {question.group_by} - {"", MONTH}
    dimensions = question.only.keys() | grouped
    starts = list(_whole_months(question))
    if len(dimensions) > 1 or not dimensions <= COLUMNS.keys() or not starts:
        return Folded()
    months = FoldedMonth.objects.filter(month__in=starts, is_folded=True).order_by("month")
    return Folded(tuple(months.values_list("month", flat=True)), next(iter(dimensions), ALL))


def read_folds(folded: Folded, question: Question, *, into: Tallies) -> None:
    """Add them to the tallies by the values of the groups' column; without one all are one group."""
    group_by = question.group_by
    folds = Fold.objects.filter(month__in=folded.months, dimension=folded.dimension)
    if (values := question.only.get(folded.dimension)) is not None:
        folds = folds.filter(key__in=[as_text(value) for value in values])
    for month, text, name, numbers in folds.values_list("month_id", "key", "name", "numbers").iterator():
        key = month if group_by == MONTH else as_key(folded.dimension, text) if group_by else ALL
        _unpack(into[key], month, name, array(NUMBER, bytes(numbers)))


def fold_months() -> bool:
    """Fold the oldest month that is over and is not folded; False if there is none."""
    folded = set(FoldedMonth.objects.filter(is_folded=True).values_list("month", flat=True))
    first = Milestone.objects.order_by("on").values_list("on", flat=True).first()
    this_month = start_of(clock.now().date())
    month = start_of(first) if first else this_month
    while month in folded:
        month = next_month(month)
    if month >= this_month:
        return False
    fold(month)
    return True


def fold(month: date) -> None:
    FoldedMonth.objects.get_or_create(month=month)
    with transaction.atomic():
        row = FoldedMonth.objects.select_for_update().get(month=month)
        row.folds.all().delete()
        milestones = Milestone.objects.filter(_within([month]))
        for dimension, column in {ALL: Value(ALL), **{name: F(column) for name, column in COLUMNS.items()}}.items():
            tallies = no_tallies()
            tally(milestones, column, into=tallies)
            Fold.objects.bulk_create(_folds(month, dimension, tallies), batch_size=BATCH)
        row.is_folded = True
        row.save(update_fields=["is_folded"])


def unfold(days: Iterable[date]) -> None:
    """Milestones of these days have come; those of a month that is over are late.

    The row is written even if there is none yet, so that this waits for whoever is folding the month.
    """
    late = {start_of(day) for day in days} - {start_of(clock.now().date())}
    FoldedMonth.objects.bulk_create(
        [FoldedMonth(month=month) for month in sorted(late)],
        update_conflicts=True,
        unique_fields=["month"],
        update_fields=["is_folded"],
    )


def start_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return start_of(month + timedelta(days=32))


def _whole_months(question: Question) -> Iterable[date]:
    month = start_of(question.first)
    while next_month(month) - timedelta(days=1) <= question.last:
        if month >= question.first:
            yield month
        month = next_month(month)


def _within(months: Iterable[date]) -> Q:
    """Neighbours are one stretch, for which the index on the day is read once."""
    within = Q(pk__in=[])
    stretches: list[list[date]] = []
    for month in months:
        if stretches and stretches[-1][1] == month:
            stretches[-1][1] = next_month(month)
        else:
            stretches.append([month, next_month(month)])
    for first, end in stretches:
        within |= Q(on__gte=first, on__lt=end)
    return within


def _folds(month: date, dimension: str, tallies: Tallies) -> Iterable[Fold]:
    every_day = [month + timedelta(days=day) for day in range((next_month(month) - month).days)]
    for key, found in tallies.items():
        packed = {name: [days[day] for day in every_day] for name, days in found.days.items()}
        packed |= {IN_TIME.join(time): sorted(chain.from_iterable(runs)) for time, runs in found.times.items()}
        for name, numbers in packed.items():
            values = array(NUMBER, numbers).tobytes()
            yield Fold(month_id=month, dimension=dimension, key=as_text(key), name=name, numbers=values)


def _unpack(found: Tally, month: date, name: str, numbers: array) -> None:
    what, is_time, seconds = name.partition(IN_TIME)
    if is_time:
        found.times[what, seconds].append(numbers)
    else:
        found.days[name].update({month + timedelta(days=day): n for day, n in enumerate(numbers) if n})


def as_text(key: Any) -> str:
    return "" if key is None else str(key)


def as_key(dimension: str, text: str) -> Any:
    if dimension != "team":
        return text
    return int(text) if text else None
