"""The middle and the tail of some numbers: never their mean, which a few forgotten issues pull anywhere."""

import json
from collections.abc import Callable
from typing import Any

from django.db.models import Aggregate, BigIntegerField

PERCENTILES = (50, 90)

Spread = dict[str, int | None]
NO_SPREAD: Spread = {"median": None, "p90": None}


class Percentiles(Aggregate):
    """The median and the 90th percentile by the nearest rank: both are values that occurred.

    PostgreSQL finds them by itself; SQLite hands over the values, and the same definition is applied here.
    """

    function = "PERCENTILE_DISC"
    template = "PERCENTILE_DISC(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = BigIntegerField()  # of each
    allow_distinct = False

    def as_sqlite(self, compiler, connection, **context: Any):
        everything = self.copy()
        everything.template = "JSON_GROUP_ARRAY(%(expressions)s)"
        return everything.as_sql(compiler, connection, **context)

    @property
    def convert_value(self) -> Callable[..., Spread]:
        return lambda value, expression, connection: spread_of(value, ranked=connection.vendor == "postgresql")


def spread_of(found: Any, *, ranked: bool) -> Spread:
    if not ranked:
        values = sorted(value for value in json.loads(found or "[]") if value is not None)
        found = [nearest_rank(values, percent) for percent in PERCENTILES] if values else None
    median, p90 = found or (None, None)
    return {"median": median, "p90": p90}


def nearest_rank(values: list[int], percent: int) -> int:
    """The smallest of the sorted ``values`` that at least ``percent`` of them do not exceed."""
    return values[-(-len(values) * percent // 100) - 1]
