"""Figures: how many refunds, and how much, by a key and the currency. All figures of a report are one statement.

Amounts are added as whole thousandths of the currency's unit, which both databases do exactly: SQLite would add
decimals as floats.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Expression, F, QuerySet, Sum, Value

from common.money import DECIMAL_PLACES, as_currency

Word = Expression | F
NAMELESS = Value("")  # for a key that is a word itself


@dataclass(frozen=True)
class Figure:
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """Of one ``key`` (``name`` is its form for people) in one currency: never a sum of two."""

    key: Any
    name: str
    currency: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Report:
    """``key`` says what each line is about, ``figures`` which ones it has, in their order."""

    key: str
    figures: tuple[str, ...]
    lines: list[Line]


def counted(rows: QuerySet, figure: Value | Expression, *, by: Word, name: Word, amount: str = "amount") -> QuerySet:
    """The tuples of one figure: its name, key, the key's name, currency, count, sum in thousandths."""
    told = rows.order_by().annotate(figure=figure, line=by, line_name=name, money=F(amount))
    columns = ("figure", "line", "line_name", "currency")
    return told.values_list(*columns).annotate(
        rows=Count("pk"), thousandths=Thousandths("money", output_field=DecimalField())
    )


class Thousandths(Sum):
    """The exact sum of amounts, in thousandths."""

    template = f"(%(function)s(%(expressions)s) * {10**DECIMAL_PLACES})"

    def as_sqlite(self, compiler, connection, **context):
        whole = f"%(function)s(CAST(ROUND(%(expressions)s * {10**DECIMAL_PLACES}) AS INTEGER))"
        return self.as_sql(compiler, connection, template=whole, **context)


def report_of(key: str, figures: tuple[str, ...], counts: Iterable[QuerySet]) -> Report:
    """What ``counts`` give, in one statement; nothing, where a line lacks a figure."""
    first, *others = counts
    found: dict[tuple, dict[str, Figure]] = defaultdict(dict)
    for figure, line, name, currency, count, thousandths in first.union(*others, all=True):
        amount = Decimal(int(thousandths)).scaleb(-DECIMAL_PLACES)
        found[line, name, currency][figure] = Figure(count, as_currency(amount, currency))
    return Report(key, figures, [_line(place, figures, found[place]) for place in sorted(found)])


def _line(place: tuple[Any, str, str], figures: Iterable[str], found: Mapping[str, Figure]) -> Line:
    key, name, currency = place
    nothing = Figure(0, as_currency(Decimal(0), currency))
    return Line(key, name, currency, {figure: found.get(figure, nothing) for figure in figures})
