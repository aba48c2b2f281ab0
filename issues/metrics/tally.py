"""What some milestones say, before it is put as figures: how many of each kind on which day, and what was measured."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from issues.metrics.spread import InOrder, Run
from issues.models import Milestone, MilestoneKind
from issues.workflow import Status

STEPPED = Q(kind=MilestoneKind.STEPPED)
COUNTED = {
    "created": Q(kind=MilestoneKind.CREATED),
    "resolved": STEPPED & Q(status_after=Status.RESOLVED),
    "taken_back": STEPPED & Q(status_before=Status.RESOLVED, backlog__gt=0),
    "closed": STEPPED & Q(status_after=Status.CLOSED),
    "reopened": STEPPED & Q(status_before=Status.CLOSED),
}
ANSWERED = {
    "answers": Q(kind=MilestoneKind.ANSWERED),
    "satisfied": Q(kind=MilestoneKind.ANSWERED, satisfied=True),
}
CHANGE = "change"  # of the backlog
# What is measured: which milestones tell of it, and by which column.
MEASURED = {
    "first_response": (Q(kind=MilestoneKind.RESPONDED), "seconds"),
    "first_resolution": (STEPPED & Q(status_after=Status.RESOLVED, is_first=True), "age"),
    "final_resolution": (STEPPED & Q(status_after=Status.CLOSED, age__isnull=False), "age"),
}
TIMES = {"clock": "", "business": "business_"}  # by which seconds, and how their columns begin

Time = tuple[str, str]  # what was measured (of ``MEASURED``, or a status), by which seconds


@dataclass
class Tally:
    """``days``: of each count, how many on which day. ``times``: of each time, runs of seconds."""

    days: dict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    times: dict[Time, list[Run]] = field(default_factory=lambda: defaultdict(list))

    def count(self, name: str) -> int:
        return self.days[name].total()


Tallies = dict[Any, Tally]


def no_tallies() -> Tallies:
    return defaultdict(Tally)


def tally(milestones: QuerySet[Milestone], key: Any, *, into: Tallies) -> None:
    """Add what ``milestones`` say to the tallies by ``key``, an expression."""
    keyed: Any = milestones.annotate(key=key)
    counts = {name: Count("pk", filter=which) for name, which in (COUNTED | ANSWERED).items()}
    for row in keyed.values("key", "on").annotate(**counts, **{CHANGE: Sum("backlog")}):
        for name in (*counts, CHANGE):
            if row[name]:
                into[row["key"]].days[name][row["on"]] += row[name]
    for row in keyed.values("key", "status_before").annotate(**_measured(), **_stays()):
        found = {time: row["_".join(time)] for time in TIMES_MEASURED}
        found |= {(row["status_before"], time): row[f"stay_{time}"] for time in TIMES}
        for measured, run in found.items():
            if run:
                into[row["key"]].times[measured].append(run)


def together(tallies: Iterable[Tally]) -> Tally:
    """What all of them say at once."""
    whole = Tally()
    for each in tallies:
        for name, days in each.days.items():
            whole.days[name].update(days)
        for time, runs in each.times.items():
            whole.times[time] += runs
    return whole


TIMES_MEASURED: list[Time] = [(name, time) for name in MEASURED for time in TIMES]


def _measured() -> dict[str, InOrder]:
    return {
        f"{name}_{time}": InOrder(F(begins + column), filter=which)
        for name, (which, column) in MEASURED.items()
        for time, begins in TIMES.items()
    }


def _stays() -> dict[str, InOrder]:
    """In the status that a step led out of."""
    return {f"stay_{time}": InOrder(F(f"{begins}seconds"), filter=STEPPED) for time, begins in TIMES.items()}
