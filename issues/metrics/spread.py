"""The middle and the tail of some numbers: never their mean, which a few forgotten issues pull anywhere."""

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Aggregate, BigIntegerField

PERCENTILES = {"median": 50, "p90": 90}

Run = Sequence[int]  # in order
Spread = dict[str, int | None]


class InOrder(Aggregate):
    """All the numbers of a group, those that are missing left out, in order."""

    function = "ARRAY_AGG"
    output_field = BigIntegerField()  # of each
    allow_distinct = False

    def as_sqlite(self, compiler, connection, **context: Any):
        everything = self.copy()
        everything.function = "JSON_GROUP_ARRAY"
        return everything.as_sql(compiler, connection, **context)

    @property
    def convert_value(self) -> Callable[..., list[int]]:
        return lambda value, expression, connection: in_order(value)


def in_order(found: Any) -> list[int]:
    values = json.loads(found) if isinstance(found, str) else found or []
    return sorted(value for value in values if value is not None)


def spread_of(runs: Sequence[Run]) -> Spread:
    """The median and the 90th percentile by the nearest rank: both are values that occurred."""
    n = sum(map(len, runs))
    return {name: value_at(-(-n * percent // 100), runs) if n else None for name, percent in PERCENTILES.items()}


def value_at(place: int, runs: Sequence[Run]) -> int:
    """The value at the ``place`` (from 1) of all the runs in one order, which is never made.

    It is the smallest that at least so many do not exceed, and is found by halving what it may be.
    """
    least, most = min(run[0] for run in runs if run), max(run[-1] for run in runs if run)
    while least < most:
        middle = (least + most) // 2
        if sum(bisect_right(run, middle) for run in runs) >= place:
            most = middle
        else:
            least = middle + 1
    return least
