"""Answers as JSON: a Decimal is written as the exact number that it is, a time in UTC with Z."""

from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

MOST_DIGITS = 64


def to_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        return b"" if data is None else to_json(data)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        is_long = abs(value.adjusted()) > MOST_DIGITS  # what somebody sent: written out it could have a billion
        return orjson.Fragment(str(value) if is_long else format(value, "f"))
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form.")
