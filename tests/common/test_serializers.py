"""Strict fields: each takes its own type and nothing that merely looks like it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from common.api.serializers import Choice, Flag, Moment, Money, StrictSerializer, Text, Whole

LARGEST = Decimal("99999999999.999")


class Line(StrictSerializer):
    sku = Text(max_length=5)
    quantity = Whole(min_value=1)


class Everything(StrictSerializer):
    text = Text(max_length=5, required=False)
    optional_text = Text(max_length=5, allow_blank=True, allow_null=True, required=False)
    choice = Choice([("low", "Low"), ("high", "High")], required=False)
    flag = Flag(allow_null=True, required=False)
    whole = Whole(required=False)
    money = Money(required=False)
    refund = Money(above_zero=True, required=False)
    moment = Moment(allow_null=True, required=False)
    lines = serializers.ListField(child=Line(), max_length=3, required=False)
    line = Line(required=False)


TAKEN = [
    ("text", "  abc \n", "abc"),
    ("text", "ab\N{GRINNING FACE}", "ab\N{GRINNING FACE}"),
    ("optional_text", "   ", ""),
    ("optional_text", None, None),
    ("choice", "low", "low"),
    ("flag", True, True),
    ("flag", False, False),
    ("flag", None, None),
    ("whole", 0, 0),
    ("money", 5, Decimal(5)),
    ("money", 0, Decimal(0)),
    ("money", "5.00", Decimal("5.00")),
    ("money", "5.0000", Decimal("5")),
    ("money", Decimal("5.125"), Decimal("5.125")),
    ("money", Decimal("1e2"), Decimal(100)),
    ("money", LARGEST, LARGEST),
    ("refund", Decimal("0.001"), Decimal("0.001")),
    ("moment", "2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ("moment", "2026-01-31t12:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ("moment", "2026-01-31T12:00:00.123456+02:00", datetime(2026, 1, 31, 10, 0, 0, 123456, tzinfo=UTC)),
    ("moment", "2026-01-31T12:00:00-0530", datetime(2026, 1, 31, 17, 30, tzinfo=UTC)),
    ("moment", "2026-01-31T12:00:00+02", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    ("moment", None, None),
    ("lines", [{"quantity": 2, "sku": "a"}], [{"quantity": 2, "sku": "a"}]),
]
REFUSED = [
    *[("text", value) for value in (None, "", "  ", "abcdef", 1, True, ["a"], {"a": 1}, Decimal("1.5"))],
    *[("optional_text", value) for value in (0, False, [], "abcdef")],
    *[("choice", value) for value in (None, "", "LOW", " low", 1, True, ["low"], {"low": 1})],
    *[("flag", value) for value in (0, 1, "true", "false", "", "yes", [], Decimal(1))],
    *[("whole", value) for value in (None, -1, 1.0, "1", True, Decimal(1), 2**31, 10**30)],
    *[
        ("money", value)
        for value in (None, True, False, "", " 5", "5 ", "60,00", "1e2", "0x5", "\u0665", "5.", ".5", "--5")
    ],
    *[("money", value) for value in ("NaN", "Infinity", "-0.01", -1, [], {}, Decimal("NaN"), Decimal("Infinity"))],
    *[("money", value) for value in (Decimal("1E+309"), Decimal("1E-309"), Decimal("0.0001"), LARGEST + 1, 10**60)],
    *[("money", value) for value in (Decimal("1E+999999999"), Decimal("1E-999999999"), "9" * 31, "9" * 10_000)],
    *[("refund", value) for value in (0, "0.00", Decimal("-0.00"), -60, "-60", Decimal("-1E+309"))],
    *[
        ("moment", value)
        for value in ("", "2026-01-31", "2026-01-31T12:00:00", "12:00:00Z", "now", 0, 1769860800, True)
    ],
    *[("moment", value) for value in ("2026-02-30T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:60Z")],
    *[("moment", value) for value in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00Z")],
    *[("moment", value) for value in ("2026-W05-6T12:00:00Z", "20260131T120000Z", "2026-01-31T12:00:00+25:00")],
    *[("moment", value) for value in ("2026-01-31T12:00:00+02:99", "2026-01-31T12:00:00+0060")],
    *[("moment", value) for value in ("\u0662026-01-31T12:00:00Z", "2026-01-31x12:00:00Z", ["2026-01-31T12:00:00Z"])],
    *[("lines", value) for value in (None, {}, "a", [[]], [None], [{"sku": "a", "quantity": 1}] * 4)],
    *[("line", value) for value in (None, [], "a", {}, {"sku": "a"}, {"sku": "a", "quantity": 1, "colour": "red"})],
]


@pytest.mark.parametrize(("field", "given_value", "value"), TAKEN, ids=str)
def test_a_fitting_value_is_taken_and_typed(field, given_value, value):
    values, errors = Everything.clean({field: given_value})
    assert (values, errors) == ({field: value}, {})
    assert type(values[field]) is type(value)


@pytest.mark.parametrize(("field", "value"), REFUSED, ids=lambda value: repr(value)[:40])
def test_what_only_looks_like_it_is_refused_on_the_field(field, value):
    values, errors = Everything.clean({field: value})
    assert values == {}
    assert errors
    assert all(name.split(".")[0] == field for name in errors)
    assert all(isinstance(message, str) for messages in errors.values() for message in messages)


def test_all_that_is_wrong_is_said_at_once_and_unknown_fields_by_name():
    _, errors = Everything.clean({"text": "", "choice": "x", "flagg": True, "money": "x"})
    assert set(errors) == {"text", "choice", "flagg", "money"}


def test_errors_inside_lists_and_objects_say_where():
    rows = [{"sku": "a", "quantity": 1}, {"sku": "", "quantity": 0, "colour": 1}]
    _, errors = Everything.clean({"lines": rows, "line": {"sku": 1}})
    assert set(errors) == {"lines.1.sku", "lines.1.quantity", "lines.1.colour", "line.sku", "line.quantity"}


def test_values_keep_the_order_of_the_request():
    values, _ = Everything.clean({"money": 1, "flag": True, "choice": "low", "text": "a"})
    assert list(values) == ["money", "flag", "choice", "text"]


def test_rules_between_fields_see_what_was_given_even_where_it_is_wrong_by_itself():
    class Pair(StrictSerializer):
        amount = Money(required=False)
        source = Choice([("a", "A")], required=False)

        def broken_rules(self, given):
            return {"source": ["Needed."]} if "amount" in given and "source" not in given else {}

    assert set(Pair.clean({"amount": "x"})[1]) == {"amount", "source"}
    assert set(Pair.clean({"amount": "x", "source": "a"})[1]) == {"amount"}


@given(
    st.dictionaries(
        st.sampled_from(["text", "choice", "flag", "whole", "money", "moment", "lines", "line", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    )
)
def test_no_body_breaks_a_serializer(body):
    values, errors = Everything.clean(body)
    assert set(values) | {name.split(".")[0] for name in errors} == set(body)
