"""What the values of patterns are called: names beside the ids of stores, customers and items."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.actor import Grants
from issues.models import Issue
from issues.patterns.dimensions import Dimensions
from orders.models import Customer, Order, OrderItem, Store

Names = dict[str, dict[str, str]]


def names_of(rows: Iterable[Mapping[str, Any]]) -> Names:
    """By dimension and value, for the rows of an answer; three statements at most, however many they are."""
    rows = list(rows)
    wanted: dict[str, set[str]] = {
        name: {row["dimensions"][name] for row in rows} - {None} for name in ("store", "customer", "sku")
    }
    names: Names = {"store": {}, "customer": {}, "sku": {}}
    if wanted["store"]:
        names["store"] = {pk: str(store) for pk, store in Store.objects.in_bulk(wanted["store"]).items()}
    if wanted["customer"]:
        names["customer"] = {pk: str(each) for pk, each in Customer.objects.in_bulk(wanted["customer"]).items()}
    if wanted["sku"]:
        behind = [pk for row in rows if row["dimensions"]["sku"] for pk in row["issues"]]
        items = OrderItem.objects.filter(pk__in=Issue.objects.filter(pk__in=behind).values("order_item"))
        names["sku"] = dict(items.values_list("sku", "name"))
    return names


def names_in(dimensions: Dimensions, grants: Grants) -> Names:
    """Of one pattern, whose values anybody can write into an address: what ``grants`` let see.

    The item by the newest order that has it.
    """
    names: Names = {"store": {}, "customer": {}, "sku": {}}
    for name, model in (("store", Store), ("customer", Customer)):
        value = getattr(dimensions, name)
        if value and (found := model.objects.visible_to(grants).filter(pk=value).first()):
            names[name] = {value: str(found)}
    items = OrderItem.objects.filter(sku=dimensions.sku, order__in=Order.objects.visible_to(grants))
    if dimensions.sku and (item := items.order_by("-pk").first()):
        names["sku"] = {dimensions.sku: item.name}
    return names
