"""Which orders stand in which stores now: the app above that knows orders says it, and none is imported here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

_orders_in: Callable[[Iterable[str]], QuerySet[Any, str]]
_stores_of: Callable[[Iterable[str]], Mapping[str, str]]


def ask(
    *, orders_in: Callable[[Iterable[str]], QuerySet[Any, str]], stores_of: Callable[[Iterable[str]], Mapping[str, str]]
) -> None:
    """Whom to ask from now on; called once, when the apps are ready."""
    global _orders_in, _stores_of
    _orders_in, _stores_of = orders_in, stores_of


def orders_in(stores: Iterable[str]) -> QuerySet[Any, str]:
    """The ids of the orders in these stores, as a query to be part of another."""
    return _orders_in(stores)


def stores_of(order_ids: Iterable[str]) -> Mapping[str, str]:
    """The store of each of these orders that is there."""
    return _stores_of(order_ids)
