"""The figures as tables of plain values, one of them as a CSV file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from common.csv_cells import harmless
from common.errors import ValidationFailed
from issues.metrics.question import Question
from issues.metrics.summary import Row

CSV = "text/csv"
TABLES = ("totals", "days", "statuses", "refunds", "groups")
LISTS = TABLES[1:]


def rows_of(figures: Row, table: str, question: Question) -> list[Row]:
    """Raises ``ValidationFailed`` for a table that is not there."""
    if table not in TABLES:
        raise ValidationFailed({"table": [f"Must be of: {', '.join(TABLES)}."]})
    if table == "groups" and not question.group_by:
        raise ValidationFailed({"group_by": ["Say what the groups are."]})
    if table in LISTS:
        return figures[table]
    return [{name: value for name, value in figures.items() if name not in (*LISTS, "group_by")}]


def as_csv(rows: Iterable[Row]) -> str:
    """With a line of names, if there is a row at all: ``first_response.clock.median`` for what stands deeper."""
    flat = [dict(flattened(row)) for row in rows]
    text = io.StringIO()
    if flat:
        writer = csv.DictWriter(text, list(flat[0]))
        writer.writeheader()
        writer.writerows(flat)
    return text.getvalue()


def flattened(row: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return harmless(" ".join(map(str, value)))
    return harmless(value) if isinstance(value, str) else value
