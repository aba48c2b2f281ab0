"""A request's body as one JSON object: numbers with a point are Decimal, and what could hurt later is refused."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from rest_framework.parsers import BaseParser

from common.api.errors import MalformedRequest

DEEPEST = 32


class JsonParser(BaseParser):
    """Tells the schema what bodies are; the views call ``parse_object`` themselves."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> dict[str, Any]:
        return parse_object(stream.read())


def parse_object(raw: bytes) -> dict[str, Any]:
    """Raises ``MalformedRequest`` for anything but a JSON object in UTF-8 without NaN, NUL or half characters."""
    try:
        value = json.loads(raw.decode(), parse_float=_number, parse_int=_whole, parse_constant=_refuse)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise MalformedRequest from None
    if not isinstance(value, dict):
        raise MalformedRequest
    _ensure_sound(value, raw)
    return value


def is_storable(text: str) -> bool:
    """Whether every database and encoder takes ``text``: no NUL, and no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _number(literal: str) -> Decimal:
    try:
        return Decimal(literal)
    except InvalidOperation:  # an exponent that no Decimal has
        raise MalformedRequest from None


def _whole(literal: str) -> int | Decimal:
    """Python reads no integer of thousands of digits, and an answer that quotes one takes 64 bits at most."""
    return int(literal) if len(literal) <= 18 else _number(literal)


def _refuse(literal: str) -> None:
    raise MalformedRequest(f"{literal} is not JSON.")


def _ensure_sound(value: dict, raw: bytes) -> None:
    """NUL and surrogates can only come from an escape; nesting only from brackets."""
    may_nest = raw.count(b"[") + raw.count(b"{") > DEEPEST
    if not may_nest and b"\\u" not in raw:
        return
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [part for container in level for part in _parts_of(container)]
        if not level:
            return
    raise MalformedRequest("The body is nested too deeply.")


def _parts_of(value: Any) -> list[Any]:
    if isinstance(value, str):
        if not is_storable(value):
            raise MalformedRequest("Text may not hold NUL or half of a surrogate pair.")
        return []
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
