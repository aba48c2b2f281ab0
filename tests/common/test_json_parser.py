"""The body: one JSON object, exact numbers, nothing that could hurt later."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.api.errors import MalformedRequest
from common.api.parsers import DEEPEST, parse_object

MALFORMED = {
    "nothing": b"",
    "white space": b"  \n",
    "no JSON": b"{",
    "a form": b"a=1&b=2",
    "trailing text": b'{"a": 1} x',
    "trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b'{"a": 1} // hi',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "true": b"true",
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "-Infinity": b'{"a": -Infinity}',
    "invalid UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "an encoded surrogate": b'{"a": "\xed\xa0\x80"}',
    "a raw NUL in a string": b'{"a": "x\x00"}',
    "a raw NUL outside": b'{"a": 1}\x00',
    "an escaped NUL": b'{"a": "x\\u0000"}',
    "an escaped NUL in a name": b'{"a\\u0000": 1}',
    "an escaped NUL deep inside": b'{"a": [{"b": ["\\u0000"]}]}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "the other half": b'{"a": "\\udfff"}',
    "a pair the wrong way round": b'{"a": "\\udc00\\ud800"}',
    "too deep": b'{"a": ' + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1) + b"}",
    "absurdly deep": b'{"a": ' + b"[" * 100_000,
    "an exponent no Decimal has": b'{"a": 1e99999999999999999999}',
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_one_sound_object_is_malformed(raw):
    with pytest.raises(MalformedRequest):
        parse_object(raw)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("10.00", Decimal("10.00")),
        ("1e2", Decimal("1E+2")),
        ("1e309", Decimal("1E+309")),
        ("12345678901234567.891", Decimal("12345678901234567.891")),
        ("7", 7),
        ("-3", -3),
        ("9" * 5000, Decimal("9" * 5000)),
    ],
)
def test_no_number_passes_through_a_float(literal, value):
    parsed = parse_object(f'{{"a": {literal}}}'.encode())["a"]
    assert parsed == value
    assert type(parsed) is type(value)
    assert str(parsed) == str(value)


def test_a_whole_surrogate_pair_is_one_character():
    assert parse_object(b'{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


def test_many_brackets_that_do_not_nest_are_fine():
    body = {"list": [{"a": []} for _ in range(1000)]}
    assert parse_object(json.dumps(body).encode()) == body


def test_the_order_of_fields_is_the_order_they_came_in():
    assert list(parse_object(b'{"z": 1, "a": 2, "m": 3}')) == ["z", "a", "m"]


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_malformed(raw):
    with suppress(MalformedRequest):
        assert isinstance(parse_object(raw), dict)


SOUND_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | SOUND_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SOUND_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(SOUND_TEXT, JSON, max_size=5), st.booleans())
def test_what_a_client_sends_is_what_arrives(body, as_ascii):
    assert parse_object(json.dumps(body, ensure_ascii=as_ascii).encode()) == body


UNSTORABLE = st.sampled_from(["\x00", "\ud800", "\udbff", "\udc00", "\udfff"])


@given(SOUND_TEXT, UNSTORABLE, SOUND_TEXT)
def test_no_unstorable_text_gets_through(before, bad, after):
    with pytest.raises(MalformedRequest):
        parse_object(json.dumps({"a": [before + bad + after]}).encode())
