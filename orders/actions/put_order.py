"""Create an order, or replace it by what the shop says now."""

from django.db import IntegrityError, transaction

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.erasing import copies_names
from common.errors import ValidationFailed
from events.record import record
from orders.actions.parts import add_items, items_in, put_named, replace_items
from orders.content import PAYMENT, Content, columns_of, names_of
from orders.errors import OrderHasRefunds, OrderNotFound
from orders.models import Order


@use_case
def put_order(order_id: str, content: Content, *, actor: Actor) -> tuple[Order, bool]:
    """Returns the order, and whether it is new. An equal order is left untouched.

    Raises ``PermissionDenied``, ``OrderNotFound`` where the order stands in a store that the actor does not see,
    ``ValidationFailed`` where it would go to one, ``OrderHasRefunds`` and ``OrderItemInUse``.
    """
    if actor.idempotency_key:
        copies_names()  # into the answer, which is kept
    written = write_order(order_id, content, actor=actor)
    put_named([content], actor)
    return written


def write_order(order_id: str, content: Content, *, actor: Actor) -> tuple[Order, bool]:
    """As ``put_order``, without the store and the customer that it names. Lock order: orders, stores, customers.

    So the caller puts them after the last order of its transaction; the database looks for them at the commit.
    """
    ensure_may_put(actor)
    order = Order.objects.lock_if_there(order_id)
    ensure_in_sight(order, content, actor)
    if order is None:
        try:
            with transaction.atomic():
                return create(order_id, content, actor), True
        except IntegrityError:  # another call created it a moment ago
            order = Order.objects.lock(order_id)
            ensure_in_sight(order, content, actor)
    replace(order, content, actor)
    return order, False


def ensure_may_put(actor: Actor) -> None:
    """A key has its scope, which its door asked for; a session speaks for a person, who needs the permission."""
    if actor.key is None:
        actor.ensure_may(roles.PUT_ORDER)


def ensure_in_sight(order: Order | None, content: Content, actor: Actor) -> None:
    stores = actor.grants.stores
    if stores is None:
        return
    if order is not None and order.store_id not in stores:
        raise OrderNotFound
    if content["store"]["id"] not in stores:
        raise ValidationFailed({"store.id": ["You do not work for this store."]})


def create(order_id: str, content: Content, actor: Actor) -> Order:
    now = clock.now()
    order = Order(id=order_id, created_at=now, updated_at=now, **columns_of(content))
    order.save(force_insert=True)
    add_items(order, items_in(content))
    total = {"store_id": order.store_id, "total_amount": str(order.total_amount), "currency": order.currency}
    record({"order.created": total}, actor=actor, order_id=order_id)
    return order


def replace(order: Order, content: Content, actor: Actor) -> None:
    columns = columns_of(content)
    changed = [name for name, value in columns.items() if getattr(order, name) != value]
    ensure_refunds_allow(order, changed, columns)
    if replace_items(order, items_in(content)):
        changed.append("items")
    if not changed:
        return
    if {"payment_provider", "payment_reference"} & set(changed):
        columns["payment_disputed"] = False  # nobody contests this payment
    for name, value in columns.items():
        setattr(order, name, value)
    order.version += 1
    order.updated_at = clock.now()
    order.save(update_fields=[*columns, "version", "updated_at"])
    record({"order.updated": {"changed": names_of(changed)}}, actor=actor, order_id=order.pk)


def ensure_refunds_allow(order: Order, changed: list[str], columns: Content) -> None:
    """Raises ``OrderHasRefunds`` once a refund counts and would no longer fit the order that it was made on."""
    if not order.refund_reserved:
        return
    kept = [name for name in changed if name in ("currency", *PAYMENT)]
    if columns["total_amount"] < order.refund_reserved:
        kept.append("total_amount")
    if kept:
        raise OrderHasRefunds(fields=names_of(kept), refunded_amount=order.refund_reserved)
