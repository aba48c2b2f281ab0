"""Each order's ``refund_reserved`` against the sum of what counts on it, in Decimals and a batch at a time."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import QuerySet

from accounts.actor import Actor, use_case
from orders.models import Order
from refunds.actions.reconcile_findings import note_differences
from refunds.actions.reconcile_run import Run
from refunds.differences import Difference, counter_differs
from refunds.models import ExternalRefund, Refund

BATCH = 1000


def compare_counters(run: Run) -> None:
    last = ""
    while batch := list(orders_after(last)):
        last = batch[-1][0]
        reserved = dict(batch)
        summed = sums_of(reserved)
        suspects = [order_id for order_id, amount in batch if amount != summed.get(order_id, 0)]
        found = [look_again(order_id, actor=run.actor) for order_id in suspects]
        if differences := list(filter(None, found)):
            note_differences(run, differences, actor=run.actor)
        run.row.orders_checked += len(batch)
        run.watch(len(batch))


def orders_after(last: str) -> QuerySet[Order, tuple[str, Decimal]]:
    return Order.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "refund_reserved")[:BATCH]


def sums_of(order_ids) -> dict[str, Decimal]:
    """What counts on each of these orders."""
    summed: dict[str, Decimal] = defaultdict(Decimal)
    for order_id, amount in amounts_on(order_ids):
        summed[order_id] += amount
    return summed


def amounts_on(order_ids) -> Iterator[tuple[str, Decimal]]:
    """Ours, and those that were made elsewhere and count as well."""
    for counting in (Refund.objects.counting(), ExternalRefund.objects.counting()):
        yield from counting.filter(order__in=list(order_ids)).values_list("order_id", "amount")


@use_case
def look_again(order_id: str, *, actor: Actor) -> Difference | None:
    """With the order locked, as everybody holds it who changes what counts: a refund in flight is no difference."""
    order = Order.objects.lock(order_id)
    summed = sums_of([order_id])[order_id]
    if order.refund_reserved == summed:
        return None
    return counter_differs(order_id, order.currency, order.refund_reserved, summed)
