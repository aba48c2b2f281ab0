"""Pages by position and not by number: no row is shown twice or left out while others are added."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from common.api.parsers import is_storable
from common.errors import ValidationFailed

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200
NEWEST_FIRST = ("-created_at", "-id")
PARAMETERS = ("limit", "cursor")
BAD_CURSOR = {"cursor": ["Take the cursor from next or previous of another page."]}


@dataclass(frozen=True)
class Page:
    """``next`` and ``previous`` are full addresses, or None at an end."""

    rows: list
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Position:
    """Between two rows: past (``forward``) or before the row that has these ``values`` of the ordering."""

    ordering: tuple[str, ...]
    forward: bool
    values: tuple

    def encode(self) -> str:
        text = json.dumps([self.ordering, self.forward, [_as_text(value) for value in self.values]])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str) -> "Position":
        """Raises ``ValueError`` for what ``encode`` never made."""
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
            ordering, forward, values = json.loads(text)
        except (binascii.Error, TypeError, RecursionError) as error:
            raise ValueError from error
        if not (isinstance(ordering, list) and isinstance(forward, bool) and isinstance(values, list)):
            raise ValueError("not a cursor of ours")
        if len(values) != len(ordering) or not all(_is_plain(value) for value in values):
            raise ValueError("not a cursor of ours")
        return cls(tuple(ordering), forward, tuple(values))


def page_of(queryset: QuerySet, request: HttpRequest, ordering: Sequence[str] = NEWEST_FIRST) -> Page:
    """One page of ``queryset``. ``ordering`` must end in a unique column, and no column of it may be null.

    Raises ``ValidationFailed`` for a bad ``limit`` or ``cursor``.
    """

    def fetch(position: Position | None, limit: int) -> tuple[list, bool]:
        rows = list(rows_from(queryset, tuple(ordering), position)[: limit + 1])
        return rows[:limit], len(rows) > limit

    return page_from(fetch, request, ordering)


def page_from(
    fetch: Callable[[Position | None, int], tuple[list, bool]], request: HttpRequest, ordering: Sequence[str]
) -> Page:
    """One page of whatever ``fetch`` finds: up to ``limit`` rows past a position, and whether there are more."""
    limit, position = read_page_parameters(request, tuple(ordering))
    forward = position is None or position.forward
    rows, more = fetch(position, limit)
    rows = rows if forward else rows[::-1]
    return Page(
        rows=rows,
        next=_address(request, ordering, rows, forward=True) if more or not forward else None,
        previous=_address(request, ordering, rows, forward=False) if (more if not forward else position) else None,
    )


def read_page_parameters(request: HttpRequest, ordering: tuple[str, ...]) -> tuple[int, Position | None]:
    """``limit`` and ``cursor`` of the query. Raises ``ValidationFailed``."""
    if errors := page_errors(request):
        raise ValidationFailed(errors)
    position = Position.decode(request.GET["cursor"]) if "cursor" in request.GET else None
    if position and position.ordering != ordering:
        raise ValidationFailed({"cursor": ["The cursor belongs to another ordering."]})
    return int(request.GET.get("limit", DEFAULT_LIMIT)), position


def page_errors(request: HttpRequest) -> dict[str, list[str]]:
    """What is wrong with ``limit`` and ``cursor`` by themselves."""
    errors: dict[str, list[str]] = {}
    limit = request.GET.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= LARGEST_LIMIT):
        errors["limit"] = [f"Must be a number from 1 to {LARGEST_LIMIT}."]
    try:
        Position.decode(request.GET["cursor"]) if "cursor" in request.GET else None
    except ValueError:
        errors |= BAD_CURSOR
    return errors


def rows_from(queryset: QuerySet, ordering: tuple[str, ...], position: Position | None) -> QuerySet:
    """The rows past ``position``, in the order of ``ordering``, or in the opposite one when it looks back."""
    if position is None:
        return queryset.order_by(*ordering)
    order = ordering if position.forward else tuple(_opposite(name) for name in ordering)
    return queryset.filter(_past(order, _typed(queryset, order, position.values))).order_by(*order)


def _past(order: Sequence[str], values: Sequence[Any]) -> Q:
    """``a <= x AND (a < x OR (b <= y AND …))``: the first column alone bounds the index scan."""
    name, value = order[0].lstrip("-"), values[0]
    beyond = "lt" if order[0].startswith("-") else "gt"
    strictly = Q(**{f"{name}__{beyond}": value})
    if len(order) == 1:
        return strictly
    return Q(**{f"{name}__{beyond}e": value}) & (strictly | _past(order[1:], values[1:]))


def _typed(queryset: QuerySet, order: Sequence[str], values: Sequence[Any]) -> list[Any]:
    try:
        return [_field_value(queryset, name.lstrip("-"), value) for name, value in zip(order, values, strict=True)]
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise ValidationFailed(BAD_CURSOR) from error


def _field_value(queryset: QuerySet, name: str, value: Any) -> Any:
    annotation = queryset.query.annotations.get(name)
    field = annotation.output_field if annotation else queryset.model._meta.get_field(name)
    value = field.to_python(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _address(request: HttpRequest, ordering: Sequence[str], rows: list, *, forward: bool) -> str | None:
    if not rows:
        return None
    edge = rows[-1] if forward else rows[0]
    values = tuple(_value_of(edge, name.lstrip("-")) for name in ordering)
    query = request.GET.copy()
    query["cursor"] = Position(tuple(ordering), forward, values).encode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _value_of(row: Any, name: str) -> Any:
    """``row`` may be a row, or something that is placed by a ``key``."""
    if isinstance(row, dict):
        return row[name]
    return getattr(row.key if hasattr(row, "key") else row, name)


def _opposite(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _is_plain(value: Any) -> bool:
    return (isinstance(value, str) and is_storable(value)) or (isinstance(value, int) and abs(value) < 2**63)
