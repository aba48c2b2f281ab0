"""Put many orders; one that is refused does not stop the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.actor import Actor, use_case
from common.errors import DeskError
from orders.actions.parts import put_named
from orders.actions.put_order import ensure_may_put, put_order, write_order
from orders.content import Content
from orders.models import Order


@dataclass
class RowResult:
    """Either ``created`` says what became of the row, or ``error`` why nothing did."""

    row: Any
    order_id: str = ""
    content: Content = field(default_factory=dict)
    created: bool | None = None
    error: DeskError | None = None


def import_orders(rows: Iterable[Any], read: Callable[[Any], tuple[str, Content]], *, actor: Actor) -> list[RowResult]:
    """``read`` makes an order id and content of a row, or raises ``ValidationFailed``.

    Each row is a use-case of its own: a transaction, or inside one (an import that is safe to repeat) a savepoint. All
    imports take the orders by their ids, so that no two wait for each other, and what is locked to the end of the one
    transaction is locked in the order that ``write_order`` tells. Raises ``PermissionDenied``.
    """
    ensure_may_put(actor)
    results = [_read(row, read) for row in rows]
    readable = sorted((each for each in results if each.error is None), key=lambda each: each.order_id)
    if connection.in_atomic_block:
        _put_together(readable, actor=actor)
    else:
        for result in readable:
            _try(put_order, result, actor)
    return results


def _read(row: Any, read: Callable[[Any], tuple[str, Content]]) -> RowResult:
    try:
        order_id, content = read(row)
    except DeskError as error:
        return RowResult(row, error=error)
    return RowResult(row, order_id, content)


@use_case
def _put_together(results: list[RowResult], *, actor: Actor) -> None:
    """A row that is refused leaves nothing, of its store and its customer neither."""
    for result in results:
        _try(use_case(write_order), result, actor)
    put_named((result.content for result in results if result.error is None), actor)


def _try(write: Callable[..., tuple[Order, bool]], result: RowResult, actor: Actor) -> None:
    try:
        _, result.created = write(result.order_id, result.content, actor=actor)
    except DeskError as error:
        result.error = error
