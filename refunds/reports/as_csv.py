"""A report as CSV, line by line. What a spreadsheet would take for a formula stays text."""

import csv
from collections.abc import Iterator
from typing import Any

from common.csv_cells import harmless
from refunds.reports.figures import Line, Report


class Echo:
    """Gives back what the writer would have written."""

    def write(self, text: str) -> str:
        return text


def as_csv(report: Report) -> Iterator[str]:
    writer: Any = csv.writer(Echo())
    columns = [f"{figure}_{part}" for figure in report.figures for part in ("count", "amount")]
    yield writer.writerow([report.key, "name", "currency", *columns])
    for line in report.lines:
        yield writer.writerow(_cells(line))


def _cells(line: Line) -> list[str]:
    figures = [text for each in line.figures.values() for text in (str(each.count), format(each.amount, "f"))]
    return [*(harmless(str(word)) for word in (line.key, line.name, line.currency)), *figures]
