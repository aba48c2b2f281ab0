"""Texts of people's own with places for facts: ``{{order_id}}``. A place is filled once, and nothing in a text runs."""

import re
from collections.abc import Collection, Mapping

PLACE = re.compile(r"\{\{\s*(\w*)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}")


def unknown_in(text: str, known: Collection[str]) -> list[str]:
    """The places that there are not, as they are written; stray braces too."""
    unknown = [found[0] for found in PLACE.finditer(text) if found[1] not in known]
    return list(dict.fromkeys([*unknown, *BRACES.findall(PLACE.sub("", text))]))


def named_in(text: str) -> set[str]:
    return set(PLACE.findall(text))


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """A place without a value stays as it is written."""
    return PLACE.sub(lambda found: values.get(found[1]) or found[0], text)
