"""The numbers of one group of issues, or of all: what is counted, what is measured, and how it is put."""

from collections.abc import Sequence
from typing import Any

from issues.metrics.spread import Run, spread_of
from issues.metrics.tally import COUNTED, MEASURED, Tally

SMALL = 20  # fewer than so many say little
Row = dict[str, Any]


def summary(tally: Tally, backlog: int) -> Row:
    counts = {name: tally.count(name) for name in COUNTED}
    return {
        **counts,
        "backlog": backlog,
        **{name: spread(tally.times[name, "clock"], tally.times[name, "business"]) for name in MEASURED},
        "reopen_rate": _rate(counts["reopened"], counts["closed"]),
        "satisfaction": _rate(tally.count("satisfied"), tally.count("answers")),
    }


def spread(clock: Sequence[Run], business: Sequence[Run]) -> Row:
    n = sum(map(len, clock))
    return {"n": n, "is_small": n < SMALL, "clock": spread_of(clock), "business": spread_of(business)}


def _rate(part: int, whole: int) -> Row:
    """May exceed 1 for reopenings, which follow closings of earlier periods."""
    return {"n": whole, "is_small": whole < SMALL, "rate": round(part / whole, 4) if whole else None}
