"""The numbers of one group of issues, or of all: what is counted, what is measured, and how it is put."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q

from issues.metrics.spread import NO_SPREAD, Percentiles, Spread
from issues.models import MilestoneKind
from issues.workflow import Status

SMALL = 20  # fewer than so many say little
Row = dict[str, Any]

STEPPED = Q(kind=MilestoneKind.STEPPED)
COUNTED = {
    "created": Q(kind=MilestoneKind.CREATED),
    "resolved": STEPPED & Q(status_after=Status.RESOLVED),
    "taken_back": STEPPED & Q(status_before=Status.RESOLVED, backlog__gt=0),
    "closed": STEPPED & Q(status_after=Status.CLOSED),
    "reopened": STEPPED & Q(status_before=Status.CLOSED),
}
# What is measured: which milestones tell of it, and by which column.
MEASURED = {
    "first_response": (Q(kind=MilestoneKind.RESPONDED), "seconds"),
    "first_resolution": (STEPPED & Q(status_after=Status.RESOLVED, is_first=True), "age"),
    "final_resolution": (STEPPED & Q(status_after=Status.CLOSED, age__isnull=False), "age"),
}
NOTHING: Row = {
    **dict.fromkeys([*COUNTED, "answers", "satisfied", *(f"{name}_n" for name in MEASURED)], 0),
    **{f"{name}_{time}": NO_SPREAD for name in MEASURED for time in ("clock", "business")},
}


def aggregates() -> dict[str, Any]:
    counts: dict[str, Any] = {name: Count("pk", filter=which) for name, which in COUNTED.items()}
    counts["answers"] = Count("pk", filter=Q(kind=MilestoneKind.ANSWERED))
    counts["satisfied"] = Count("pk", filter=Q(kind=MilestoneKind.ANSWERED, satisfied=True))
    for name, (which, column) in MEASURED.items():
        counts[f"{name}_n"] = Count("pk", filter=which)
        counts[f"{name}_clock"] = Percentiles(column, filter=which)
        counts[f"{name}_business"] = Percentiles(f"business_{column}", filter=which)
    return counts


def summary(found: Mapping[str, Any], backlog: int) -> Row:
    counts = {name: found[name] for name in COUNTED}
    times = {name: spread(found[f"{name}_n"], found[f"{name}_clock"], found[f"{name}_business"]) for name in MEASURED}
    return {
        **counts,
        "backlog": backlog,
        **times,
        "reopen_rate": _rate(found["reopened"], found["closed"]),
        "satisfaction": _rate(found["satisfied"], found["answers"]),
    }


def spread(n: int, clock: Spread, business: Spread) -> Row:
    return {"n": n, "is_small": n < SMALL, "clock": clock, "business": business}


def _rate(part: int, whole: int) -> Row:
    """May exceed 1 for reopenings, which follow closings of earlier periods."""
    return {"n": whole, "is_small": whole < SMALL, "rate": round(part / whole, 4) if whole else None}
