"""What an order names: its store, its customer and its items."""

from collections.abc import Iterable

from accounts.actor import Actor
from common.prepared import insert_all
from events.record import record
from orders.content import Content
from orders.errors import OrderItemInUse
from orders.models import Customer, Order, OrderItem, Store


def put_named(contents: Iterable[Content], actor: Actor) -> None:
    """The stores and customers of all orders that one transaction writes, each kind by its ids: whoever writes some of
    the same at once waits for the first of them, and holds none that we need.
    """
    contents = list(contents)
    for store in sorted((content["store"] for content in contents), key=_id):
        put_store(store)
    for customer in sorted(filter(None, (content.get("customer") for content in contents)), key=_id):
        put_customer(customer, actor)


def put_store(store: Content) -> None:
    """A name that is not given is kept."""
    name = store.get("name") or ""
    present, _ = Store.objects.get_or_create(pk=store["id"], defaults={"name": name})
    if name and present.name != name:
        Store.objects.filter(pk=present.pk).update(name=name)


def put_customer(customer: Content, actor: Actor) -> None:
    """What is not given is kept. An erased customer stays erased, whatever the shop still sends."""
    given = {name: customer[name] or "" for name in ("name", "email", "phone", "language") if name in customer}
    present, is_new = Customer.objects.get_or_create(pk=customer["id"], defaults=given)
    changed = {name: value for name, value in given.items() if getattr(present, name) != value}
    if is_new or not changed:
        return
    if Customer.objects.filter(pk=present.pk, erased_at=None).update(**changed):
        record({"customer.updated": {"customer_id": present.pk}}, actor=actor)


def add_items(order: Order, items: dict[str, Content]) -> None:
    insert_all(OrderItem(order=order, item_id=item_id, **columns) for item_id, columns in items.items())


def replace_items(order: Order, wanted: dict[str, Content]) -> bool:
    """Whether anything changed. Raises ``OrderItemInUse``."""
    present = {item.item_id: item for item in order.items.all()}
    gone = present.keys() - wanted.keys()
    _remove_items(order, gone)
    new = {key: wanted[key] for key in wanted if key not in present}
    add_items(order, new)
    changed = [present[key] for key in wanted if key in present and _differs(present[key], wanted[key])]
    for item in changed:
        for name, value in wanted[item.item_id].items():
            setattr(item, name, value)
    OrderItem.objects.bulk_update(changed, ["sku", "name", "quantity", "unit_price"])
    return bool(gone or new or changed)


def items_in(content: Content) -> dict[str, Content]:
    """The columns of each item that an order names, by its id."""
    return {
        item["id"]: {
            "sku": item.get("sku") or "",
            "name": item.get("name") or "",
            "quantity": item.get("quantity", 1),
            "unit_price": item.get("unit_price", 0),
        }
        for item in content.get("items") or []
    }


def _id(named: Content) -> str:
    return named["id"]


def _differs(item: OrderItem, columns: Content) -> bool:
    return any(getattr(item, name) != value for name, value in columns.items())


def _remove_items(order: Order, item_ids: set[str]) -> None:
    if not item_ids:
        return
    items = order.items.filter(item_id__in=item_ids)
    in_use = set(items.filter(issues__isnull=False).values_list("item_id", flat=True))
    if in_use:
        raise OrderItemInUse(item_ids=sorted(in_use))
    items.delete()
