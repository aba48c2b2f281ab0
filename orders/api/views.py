"""Orders, as the shop pushes them and the desk reads them.

Who may put orders is for the actions to say; it is asked here too, because that 403 comes before a 404 and a 400.
"""

from typing import Any

from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.views import KIB, DeskView
from accounts.models import Scope
from common.api.query import ensure_known_parameters
from common.errors import DeskError
from orders.actions.import_orders import RowResult, import_orders
from orders.actions.put_order import ensure_may_put, put_order
from orders.api.answers import order_answer
from orders.api.serializers import ImportSerializer, typed_order
from orders.content import Content
from orders.errors import OrderNotFound
from orders.models import Order


class OrderView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ, "PUT": Scope.ORDERS_WRITE}

    def get(self, request: Request, order_id: str) -> Response:
        order = find_order(order_id, self.actor)
        ensure_known_parameters(request)
        return self.answer(order_answer(order))

    def put(self, request: Request, order_id: str) -> Response:
        ensure_may_put(self.actor)
        ensure_not_hidden(order_id, self.actor)
        content = typed_order(order_id, self.body)
        order, created = put_order(order_id, content, actor=self.actor)
        message = "The order was created." if created else "The order was replaced."
        answer = {"success": True, "message": message, **order_answer(order)}
        return self.answer(answer, status=201 if created else 200)


class ImportView(DeskView):
    scopes = {"POST": Scope.ORDERS_WRITE}
    body_limit = 8 * 1024 * KIB

    def post(self, request: Request) -> Response:
        ensure_may_put(self.actor)
        rows = self.read(ImportSerializer)["orders"]
        return self.answer(import_answer(import_orders(rows, read_row, actor=self.actor)))


def find_order(order_id: str, actor: Actor) -> Order:
    orders = Order.objects.visible_to(actor.grants).select_related("store", "customer")
    order = orders.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def ensure_not_hidden(order_id: str, actor: Actor) -> None:
    """Raises ``OrderNotFound`` for an order that is there and not for these eyes, whatever the body says."""
    if actor.grants.stores is not None and Order.objects.filter(pk=order_id).exists():
        find_order(order_id, actor)


def read_row(row: Any) -> tuple[str, Content]:
    """Raises ``ValidationFailed``."""
    if not isinstance(row, dict):
        return "", typed_order(empty, row)
    order_id: Any = row.get("order_id", empty)
    return order_id, typed_order(order_id, {name: value for name, value in row.items() if name != "order_id"})


def import_answer(results: list[RowResult]) -> dict[str, Any]:
    rows = [row_answer(index, result) for index, result in enumerate(results)]
    statuses = [row["status"] for row in rows]
    counts = {status: statuses.count(status) for status in ("created", "updated", "failed")}
    message = "{created} created, {updated} updated, {failed} failed.".format(**counts)
    return {"success": True, "message": message, **counts, "results": rows}


def row_answer(index: int, result: RowResult) -> dict[str, Any]:
    given = result.row.get("order_id") if isinstance(result.row, dict) else None
    order_id = given if isinstance(given, str) else None
    answer = {"index": index, "order_id": order_id, "success": result.error is None}
    if result.error is None:
        return answer | {"status": "created" if result.created else "updated"}
    return answer | {"status": "failed"} | error_answer(result.error)


def error_answer(error: DeskError) -> dict[str, Any]:
    return {"error_code": error.code, "message": error.message, **error.facts}
