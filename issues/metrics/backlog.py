"""How many issues were unresolved at the end of a day: counted back from now, through what changed it since.

So a recent day costs little, however long the desk has been there. One statement reads both, of one moment; what is
folded lies too far back to change meanwhile.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet, Sum, Value

from issues.metrics.folds import Folded
from issues.metrics.question import GROUPS, Question
from issues.models import Milestone, Standing
from issues.workflow import Status

NOW = date.max
NOTHING_FOLDED = Folded()
NO_CHANGES: Mapping[date, int] = {}


def backlog_by_day(
    question: Question, folded: Folded = NOTHING_FOLDED, changes_folded: Mapping[date, int] = NO_CHANGES
) -> dict[date, int]:
    """At the end of each day of the period, of which ``changes_folded`` in the ``folded`` months are known."""
    now = Value(NOW, output_field=DateField())
    present = unresolved_now(question).annotate(key=now).values("key").annotate(n=Count("pk"))
    changes = changes_of(question).filter(folded.rest, on__gte=question.first).annotate(key=F("on")).values("key")
    by_day = _sums(present, changes.annotate(n=Sum("backlog")))
    by_day.update(changes_folded)
    backlog, day = by_day[NOW], max([question.last, *(by_day.keys() - {NOW})])
    ends = {}
    while day >= question.first:
        ends[day] = backlog
        backlog -= by_day[day]
        day -= timedelta(days=1)
    return ends


def backlog_by_group(question: Question) -> Mapping[Any, int]:
    """At the end of the period, by the values of the group's column; without those that have none."""
    column = GROUPS[question.group_by]
    present = unresolved_now(question).annotate(key=column).values("key").annotate(n=Count("pk"))
    later = changes_of(question).filter(on__gt=question.last).annotate(key=column).values("key")
    sums = _sums(present, later.annotate(n=-Sum("backlog")))
    return {key: n for key, n in sums.items() if n}


def unresolved_now(question: Question) -> QuerySet[Standing]:
    return Standing.objects.filter(question.place & ~Q(status__in=["", Status.RESOLVED, Status.CLOSED]))


def changes_of(question: Question) -> QuerySet[Milestone]:
    return Milestone.objects.filter(question.place).exclude(backlog=0)


def _sums(present: QuerySet, changes: QuerySet) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for key, n in present.values_list("key", "n").union(changes.values_list("key", "n"), all=True):
        sums[key] += n
    return sums
