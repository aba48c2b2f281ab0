"""The shape of an order as it comes in: the same for PUT and for each row of an import."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers

from common.api.serializers import Choice, Moment, Money, StrictSerializer, Text, Whole
from common.errors import FieldErrors, ValidationFailed
from common.money import fits_currency, minor_digits
from orders.content import Content
from orders.models import ORDER_ID, Customer, Order, OrderItem, PaymentMethod, Store

LARGEST_IMPORT = 1000
MOST_ITEMS = 1000


def _text_of(model, field: str, *, required: bool = False) -> Text:
    """As long as its column; empty and null both mean that there is none."""
    length = model._meta.get_field(field).max_length
    if required:
        return Text(max_length=length)
    return Text(max_length=length, required=False, allow_blank=True, allow_null=True)


class OrderId(Text):
    default_error_messages = {"unfit": "Must be 1 to 64 of A-Z a-z 0-9 . _ : -"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return data if re.fullmatch(ORDER_ID, data) else self.fail("unfit")


class CurrencyCode(Text):
    default_error_messages = {"unknown": "Must be the ISO 4217 code of a currency, like EUR."}

    def to_internal_value(self, data: Any) -> str:
        return data if is_currency(data) else self.fail("unknown")


def is_currency(code: Any) -> bool:
    return isinstance(code, str) and bool(re.fullmatch("[A-Z]{3}", code)) and minor_digits(code) is not None


class Language(Text):
    default_error_messages = {"unfit": "Must be a BCP 47 language tag, like de or pt-BR."}

    def to_internal_value(self, data: Any) -> str:
        fits = isinstance(data, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", data)
        return data.lower() if fits else self.fail("unfit")


class StoreSerializer(StrictSerializer):
    id = _text_of(Store, "id", required=True)
    name = _text_of(Store, "name")


class CustomerSerializer(StrictSerializer):
    id = _text_of(Customer, "id", required=True)
    name = _text_of(Customer, "name")
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, allow_null=True)
    phone = _text_of(Customer, "phone")
    language = Language(max_length=16, required=False, allow_blank=True, allow_null=True)


class PaymentSerializer(StrictSerializer):
    method = Choice(PaymentMethod.choices)
    provider = _text_of(Order, "payment_provider")
    reference = _text_of(Order, "payment_reference")


class ItemSerializer(StrictSerializer):
    id = _text_of(OrderItem, "item_id", required=True)
    sku = _text_of(OrderItem, "sku")
    name = _text_of(OrderItem, "name")
    quantity = Whole(min_value=1, required=False)
    unit_price = Money(required=False)


class OrderSerializer(StrictSerializer):
    store = StoreSerializer()
    customer = CustomerSerializer(required=False, allow_null=True)
    currency = CurrencyCode()
    total_amount = Money()
    payment = PaymentSerializer()
    placed_at = Moment(required=False, allow_null=True)
    partner = _text_of(Order, "partner")
    items = serializers.ListField(child=ItemSerializer(), max_length=MOST_ITEMS, required=False)

    def broken_rules(self, given: Mapping[str, Any]) -> FieldErrors:
        return _amounts_too_fine(given) | _items_named_twice(given)


class Row(serializers.Field):
    """Anything: what it should be is judged row by row."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class ImportSerializer(StrictSerializer):
    """The rows are judged one by one, each by ``typed_order``."""

    orders = serializers.ListField(child=Row(allow_null=True), min_length=1, max_length=LARGEST_IMPORT)


def typed_order(order_id: Any, body: Any) -> Content:
    """The content of an order, whose id stands in the address of a PUT or in the row of an import.

    Raises ``ValidationFailed`` with all that is wrong.
    """
    if not isinstance(body, dict):
        raise ValidationFailed({"non_field_errors": ["Must be an object."]})
    content, errors = OrderSerializer.clean(body)
    try:
        ORDER_ID_FIELD.run_validation(order_id)
    except serializers.ValidationError as error:
        errors["order_id"] = [str(message) for message in error.detail]
    if errors:
        raise ValidationFailed(errors)
    return content


def _amounts_too_fine(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Amounts with more digits than the currency has; one that is wrong by itself is told of by its field."""
    currency = given.get("currency") or ""
    if not is_currency(currency):
        return {}
    too_fine = f"{currency} has {minor_digits(currency)} decimal places."
    return {
        name: [too_fine]
        for name, raw in _amounts(given)
        if (amount := _as_amount(raw)) is not None and not fits_currency(amount, currency)
    }


def _amounts(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "total_amount", given.get("total_amount")
    for position, item in enumerate(_items(given)):
        yield f"items.{position}.unit_price", item.get("unit_price")


def _as_amount(raw: Any):
    try:
        return MONEY.run_validation(raw)
    except serializers.ValidationError:
        return None


def _items_named_twice(given: Mapping[str, Any]) -> dict[str, list[str]]:
    ids = Counter(name.strip() for item in _items(given) if isinstance(name := item.get("id"), str))
    twice = [name for name, times in ids.items() if times > 1]
    return {"items": [f"More than one item has the id {', '.join(twice)}."]} if twice else {}


def _items(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those that are objects; the positions of the others are kept."""
    items = given.get("items")
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []


MONEY = Money(allow_null=True)
ORDER_ID_FIELD = OrderId()
