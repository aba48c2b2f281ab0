"""Put many orders; one that is refused does not stop the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.actor import Actor
from common.errors import DeskError
from orders.actions.put_order import ensure_may_put, put_order
from orders.content import Content


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

    Each row is a use-case of its own: a transaction, or inside one (an import that is safe to repeat) a savepoint.
    All imports take the orders by their ids, so that no two wait for each other. Raises ``PermissionDenied``.
    """
    ensure_may_put(actor)
    results = [_read(row, read) for row in rows]
    readable = [result for result in results if result.error is None]
    for result in sorted(readable, key=lambda result: result.order_id):
        _put(result, actor)
    return results


def _read(row: Any, read: Callable[[Any], tuple[str, Content]]) -> RowResult:
    try:
        order_id, content = read(row)
    except DeskError as error:
        return RowResult(row, error=error)
    return RowResult(row, order_id, content)


def _put(result: RowResult, actor: Actor) -> None:
    try:
        _, result.created = put_order(result.order_id, result.content, actor=actor)
    except DeskError as error:
        result.error = error
