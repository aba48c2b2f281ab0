"""Rows of any model: the first one, one made if there is none, and as many like it as are wanted.

What has an action is better made by it; these are for what a page of every model needs behind it. They are written
around the actions, and so leave no audit.
"""

import uuid
from copy import copy
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.timezone import now

# Ours, and those of others of which the admin shows rows.
APPS = ("account", "mfa", "accounts", "orders", "events", "refunds", "issues")
# Of these there is one, or the product makes them by itself, or the database holds their sum.
NOT_COPIED = {
    "events.FeedHead", "issues.Standing", "issues.IssueNumber", "issues.SearchEntry", "accounts.IdempotentCall",
    "issues.BusinessHours", "issues.CalendarLink", "issues.FoldedMonth", "issues.Fold",
    "refunds.LedgerAccount", "refunds.LedgerPosting", "refunds.LedgerLot", "refunds.LedgerEntry",
}  # fmt: skip
# What a CHECK of the table asks for beyond the fields that must not be empty.
ASKED_FOR: dict[str, dict[str, Any]] = {
    "accounts.ApiKey": {"integration": "Shop"},
    "issues.StoredFile": {"name": "kettle.jpg", "stored_as": "2026/06/whose-bytes-are-gone"},
    "refunds.ExternalRefund": {"counts": False},
}
# Which row is the example, where the first would not do.
EXAMPLES: dict[str, dict[str, Any]] = {"refunds.LedgerAccount": {"customer__isnull": False}}
TEXTS: dict[type[models.Field], Any] = {
    models.EmailField: "somebody@shop.example",
    models.URLField: "https://files.example/kettle.jpg",
    models.IntegerField: 1,
    models.DecimalField: 1,
    models.BooleanField: False,
    models.JSONField: {},
    models.BinaryField: b"kettle",
    models.CharField: "kettle",
    models.TextField: "The kettle came broken.",
}


def own_models() -> list[type[models.Model]]:
    """Those whose rows somebody writes: no history, no proxies."""
    every = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [
        model
        for model in every
        if not model._meta.proxy and not model.__name__.startswith("Historical") and model._meta.label not in NOT_COPIED
    ]


def row_of(model: type[models.Model]) -> models.Model:
    """The first, or a new one with something in each field that must not be empty."""
    manager = model._base_manager
    examples = manager.filter(**EXAMPLES.get(model._meta.label, {})).order_by("pk")
    if (row := examples.first()) is None:
        row = model(**_something_for(model) | ASKED_FOR.get(model._meta.label, {}))
        manager.bulk_create([row])
        row = examples.first()
    return row


def _something_for(model: type[models.Model]) -> dict[str, Any]:
    """Where two fields name rows of one model, they name two."""
    given: dict[str, Any] = {}
    for field in filter(_is_wanted, model._meta.concrete_fields):
        value = _something(field)
        if isinstance(value, models.Model) and value in given.values():
            (value,) = more_like(value, 1)
        given[field.name] = value
    return given


def _is_wanted(field: models.Field) -> bool:
    given = field.null or field.has_default() or field.blank or getattr(field, "auto_now_add", False)
    return not given and not isinstance(field, models.AutoField)


def _something(field: models.Field) -> Any:
    if field.remote_field:
        return row_of(field.related_model)
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateField):
        return now()
    if field.name == "currency":
        return "USD"
    return next(value for kind, value in TEXTS.items() if isinstance(field, kind))


def more_like(row: models.Model, count: int) -> list[models.Model]:
    """``count`` more, which differ only where two rows must."""
    twins = [_twin(row, number) for number in range(1, count + 1)]
    type(row)._base_manager.bulk_create(twins)
    return twins


def _twin(row: models.Model, number: int) -> models.Model:
    twin = copy(row)
    twin._state = copy(row._state)
    twin._state.adding = True
    for field in type(row)._meta.concrete_fields:
        if field.primary_key or field.unique:
            setattr(twin, field.attname, _other_value(field, getattr(row, field.attname), number))
    for names in _unique_together(row):
        fields = [type(row)._meta.get_field(name) for name in names]
        values = [getattr(row, field.attname) for field in fields]
        if not any(field.unique for field in fields) and None not in values:
            field = min(fields, key=_cost_of_differing)
            setattr(twin, field.attname, _other_value(field, getattr(row, field.attname), number))
    return twin


def _unique_together(row: models.Model) -> list[tuple[str, ...]]:
    """The names of the fields that together bind this row."""
    unique = [each for each in row._meta.constraints if isinstance(each, models.UniqueConstraint)]
    itself = type(row)._base_manager.filter(pk=row.pk)
    bound = [each for each in unique if each.condition is None or itself.filter(each.condition).exists()]
    references = tuple(field.name for field in row._meta.concrete_fields if field.remote_field)
    together = [tuple(each.fields) or references for each in bound]  # an expression is one of references
    return together + [tuple(each) for each in row._meta.unique_together]


def _cost_of_differing(field: models.Field) -> int:
    """A number or a text may be any; a choice may not, and another row is more work."""
    if field.choices or isinstance(field, models.BooleanField) or (field.max_length or 99) < 10:
        return 3
    return 2 if field.remote_field else 0 if isinstance(field, models.IntegerField) else 1


def _other_value(field: models.Field, value: Any, number: int) -> Any:
    if isinstance(field, models.AutoField) or value is None:
        return None
    if field.remote_field:
        (other,) = more_like(field.related_model._base_manager.get(pk=value), 1)
        return other.pk
    if isinstance(field, models.UUIDField):
        return field.get_default() if field.has_default() else uuid.uuid4()
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.IntegerField):
        return value + number
    ending = f"-{number}-{uuid.uuid4().hex[:6]}"
    return f"{value[: (field.max_length or 99) - len(ending)]}{ending}"
