"""The shape of what comes in: strict fields, and a serializer that knows every field it takes."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from common import clock
from common.api.errors import field_errors
from common.errors import FieldErrors
from common.money import DECIMAL_PLACES, LARGEST, MAX_DIGITS

DECIMAL_TEXT = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")


class StrictSerializer(serializers.Serializer):
    """Takes what it declares and nothing else; what it gives back keeps the request's order of fields."""

    _for_all: ClassVar["StrictSerializer"]

    @classmethod
    def clean(cls, body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """The typed values of ``body``, and every broken rule by field. Fields are built once, not per request."""
        if "_for_all" not in cls.__dict__:
            cls._for_all = cls()
        return cls._for_all.check(body)

    def broken_rules(self, given: Mapping[str, Any]) -> FieldErrors:
        """Rules between fields. ``given`` is as it came, so a field that is wrong by itself still counts as there."""
        return {}

    @classmethod
    def told_beside_others(cls, values: Mapping[str, Any]) -> FieldErrors:
        """Rules whose refusal has a code of its own, told by field where others are broken too."""
        return {}

    def check(self, body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        values: dict[str, Any] = {}
        errors = {name: list(messages) for name, messages in self.broken_rules(body).items()}
        absent = (name for name in self._takes if name not in body)
        for name in (*body, *absent):
            field = self._takes.get(name)
            if field is None:
                errors[name] = ["There is no such field."]
                continue
            try:
                values[name] = field.run_validation(body.get(name, empty))
            except SkipField:
                continue
            except serializers.ValidationError as error:
                errors |= field_errors(error.detail, name)
        return values, errors

    def run_validation(self, data: Any = empty) -> Any:
        """Where this serializer is a field of another, or one row of a list."""
        is_empty, data = self.validate_empty_values(data)
        if is_empty:
            return data
        if not isinstance(data, dict):
            raise serializers.ValidationError("Must be an object.")
        values, errors = self.check(data)
        if errors:
            raise serializers.ValidationError(errors)
        return values

    @cached_property
    def _takes(self) -> dict[str, serializers.Field]:
        return {name: field for name, field in self.fields.items() if not field.read_only}


class Text(serializers.CharField):
    """A string, measured and kept without the white space around it; 1 character at least, unless ``allow_blank``."""

    default_error_messages = {"invalid": "Must be a string."}

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Anything(serializers.JSONField):
    """What a rule of its own judges; so that its refusal has that rule's code."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class Choice(serializers.ChoiceField):
    """One of some words, spelled exactly."""

    default_error_messages = {"invalid_choice": "Must be one of: {choices}."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(self.choices))
        return data


class Flag(serializers.BooleanField):
    """true or false; not 1, not "yes"."""

    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Whole(serializers.IntegerField):
    """An integer; not 1.0, not "1"."""

    default_error_messages = {"invalid": "Must be a whole number."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 2**31 - 1} | kwargs)

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class Money(serializers.DecimalField):
    """A JSON number or a decimal string; a Decimal from here to the column. Whether it fits a currency is a rule."""

    default_error_messages = {
        "invalid": "Must be a number or a decimal string.",
        "too_large": f"Must be at most {LARGEST}.",
        "too_fine": f"Must have at most {DECIMAL_PLACES} decimal places.",
        "negative": "Must not be negative.",
        "not_above_zero": "Must be above 0.",
    }

    def __init__(self, *, above_zero: bool = False, **kwargs: Any) -> None:
        self.above_zero = above_zero
        super().__init__(**{"max_digits": MAX_DIGITS, "decimal_places": DECIMAL_PLACES} | kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        amount = self._number(data)
        if self.above_zero and amount <= 0:
            self.fail("not_above_zero")
        if amount < 0:
            self.fail("negative")
        if amount > LARGEST:
            self.fail("too_large")
        if amount.adjusted() < -DECIMAL_PLACES - MAX_DIGITS or amount != round(amount, DECIMAL_PLACES):
            self.fail("too_fine")
        return amount

    def _number(self, data: Any) -> Decimal:
        if isinstance(data, Decimal) and data.is_finite():
            return data
        if isinstance(data, int) and not isinstance(data, bool):
            return Decimal(data)
        if isinstance(data, str) and DECIMAL_TEXT.fullmatch(data):
            return Decimal(data)
        return self.fail("invalid")


class Moment(serializers.DateTimeField):
    """ISO 8601 with an offset; an aware time in UTC from here on."""

    default_error_messages = {"invalid": "Must be an ISO 8601 date-time with an offset, like 2026-01-31T12:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:
        moment = clock.moment_in(data) if isinstance(data, str) else None
        return moment or self.fail("invalid")
