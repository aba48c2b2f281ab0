"""A spreadsheet computes nothing of what somebody typed, whoever writes the file."""

import csv
import io
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.csv_cells import harmless
from issues.metrics.export import as_csv as figures_as_csv
from refunds.reports.as_csv import as_csv as report_as_csv
from refunds.reports.figures import Figure, Line, Report

FORMULAS = [
    "=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "\x00=1", "\x0b=1",
    " =1", "   -1", "\xa0@x", "\u3000=1", "\u2003+1", "\u200b=1", "\ufeff=1", " \u200d =1", " \n=1",
    "＝1", "＋1", "－1", "＠x", "　＝1", "﹢1",  # noqa: RUF001
]  # fmt: skip
TEXTS = st.text(alphabet=st.sampled_from("=+-@\t\r\n＝＋－＠ \xa0\u3000\u200b,\"'a1|"), max_size=12)  # noqa: RUF001


def in_figures(text: str) -> list[str]:
    """Of a text by itself, one deeper, and the only one of a list."""
    [row] = csv.DictReader(io.StringIO(figures_as_csv([{"a": text, "b": {"c": text}, "d": [text]}]), newline=""))
    return list(row.values())


def in_report(text: str) -> list[str]:
    report = Report("group", ("paid",), [Line(text, text, "USD", {"paid": Figure(1, Decimal("2.50"))})])
    _, row = csv.reader(io.StringIO("".join(report_as_csv(report)), newline=""))
    return row[:2]


WRITERS = pytest.mark.parametrize("written", [lambda text: [harmless(text)], in_figures, in_report])


@WRITERS
@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_stays_text(written, text):
    assert set(written(text)) == {f"'{text}"}


@WRITERS
@pytest.mark.parametrize("text", ["Berlin", "a=1", "'=1", "1-2", " Köln", "(-1)", "", "  "])
def test_a_harmless_text_stays_as_it_is(written, text):
    assert set(written(text)) == {text}


@WRITERS
@settings(deadline=None)
@given(text=TEXTS)
def test_nothing_begins_as_a_formula_and_all_is_read_as_it_was_written(written, text):
    for cell in written(text):
        assert cell in (text, f"'{text}")
        assert unicodedata.normalize("NFKC", cell).strip(" \u200b")[:1] not in tuple("=+-@\t\r\n")


def test_numbers_and_times_are_no_text():
    row = {"n": -5, "amount": Decimal("-2.50"), "at": datetime(2026, 6, 1, tzinfo=UTC), "is_small": True, "none": None}
    assert figures_as_csv([row]).splitlines()[1] == "-5,-2.50,2026-06-01T00:00:00Z,true,"
