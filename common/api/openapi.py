"""How an app tells the schema of its operations: by name and body and answers, and what each may refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api.cursor import DEFAULT_LIMIT, LARGEST_LIMIT

Answer = type[serializers.Serializer]


@dataclass(frozen=True)
class Operation:
    """One method of one address. ``refusals`` are the codes beyond those that every operation of its kind has."""

    name: str
    summary: str
    answers: Mapping[int, Answer]
    body: Answer | None = None
    acting_field: str | None = None
    refusals: tuple[str, ...] = ()
    query: tuple[OpenApiParameter, ...] = ()
    description: str = ""
    media_type: str = "application/json"  # of an answer that is no error; another one is told of as text
    also_csv: bool = False  # by ?format=csv
    is_versioned: bool = False  # answers with an ETag
    takes_version: bool = False  # honours If-Match
    body_example: Mapping[str, Any] = field(default_factory=dict)
    answer_example: Mapping[str, Any] = field(default_factory=dict)


class Amount(serializers.DecimalField):
    """Money in an answer: a JSON number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)


class Word(serializers.ChoiceField):
    """One of some words, in an answer."""


class WithFacts(serializers.Serializer):
    """An answer that holds more than it names: the facts of an error, by its code."""


class Done(serializers.Serializer):
    """What stands at the head of an answer to a change."""

    success = serializers.BooleanField()
    message = serializers.CharField()


@cache
def done(answer: Answer) -> Answer:
    """``answer`` behind ``success`` and ``message``."""
    return type(f"{answer.__name__}Done", (Done, answer), {"__doc__": ""})


@cache
def page_of(row: Answer) -> Answer:
    """A cursor page of ``row``."""
    fields = {
        "__doc__": "",
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    return type(f"{row.__name__}Page", (serializers.Serializer,), fields)


def several_of(name: str, words: list[str], description: str = "") -> OpenApiParameter:
    """A query parameter that takes several values, by comma."""
    text = description or f"Several by comma: {', '.join(words)}."
    return OpenApiParameter(name, str, many=True, enum=words, style="form", explode=False, description=text)


PAGED = (
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
        description="How many at most.",
    ),
    OpenApiParameter("cursor", str, description="From next or previous of another page."),
)


def moment(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATETIME, description=description)
