"""The API's own description: each operation with all that it can answer, from what the apps tell of it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from accounts.api.fields import EmployeeId
from common.api.errors import STATUS, envelope
from common.api.openapi import Operation, WithFacts
from common.errors import DeskError
from config.openapi_facts import ALWAYS, FACTS, NOT_FOUND, WITH_BODY
from events.api.schema import OPERATIONS as OF_EVENTS
from issues.api.schema import OPERATIONS as OF_ISSUES
from orders.api.schema import OPERATIONS as OF_ORDERS
from refunds.api.schema import OPERATIONS as OF_REFUNDS

PREFIX = "/api/v1"
TAGS = ("orders", "issues", "refunds", "approvals", "customers", "events", "webhooks", "metrics")
OPERATIONS: dict[str, Operation] = {**OF_ORDERS, **OF_ISSUES, **OF_REFUNDS, **OF_EVENTS}


class Error(WithFacts):
    """The one body of every error; what else it holds depends on its code."""

    success = serializers.BooleanField(help_text="false")
    message = serializers.CharField(help_text="For a person.")
    error_code = serializers.ChoiceField(sorted(STATUS))
    request_id = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Messages by field."
    )
    required_permission = serializers.CharField(required=False)
    required_scope = serializers.CharField(required=False)


class DeskSchema(AutoSchema):
    """Reads the table of operations instead of guessing from the views."""

    @property
    def operation(self) -> Operation:
        return OPERATIONS[f"{self.method} {self.path.removeprefix(PREFIX)}"]

    @property
    def changes(self) -> bool:
        return self.method in ("POST", "PUT", "PATCH")

    def get_operation_id(self) -> str:
        return self.operation.name

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]
        return self.operation.description

    def get_tags(self) -> list[str]:
        parts = self.path.removeprefix(f"{PREFIX}/").split("/")
        return [next(part for part in reversed(parts) if part in TAGS)]

    def get_request_serializer(self) -> type[serializers.Serializer] | None:
        """The body with the field that names the acting employee, which the view reads by itself."""
        told = self.operation
        if told.body is None or told.acting_field is None:
            return told.body
        acting = {told.acting_field: EmployeeId(help_text="Who makes the change."), "__doc__": ""}
        return type(_component(told.name), (told.body,), acting)

    def get_response_serializers(self) -> dict[int, OpenApiResponse]:  # type: ignore[override]
        answers = dict(self._answers())
        by_status = defaultdict(list)
        for code in self._refusals():
            by_status[STATUS[code]].append(code)
        for status, codes in sorted(by_status.items()):
            examples = [_example_of(code) for code in codes]
            answers[status] = OpenApiResponse(Error, ", ".join(codes), examples)
        return answers

    def _answers(self) -> Iterator[tuple[Any, OpenApiResponse]]:
        told = self.operation
        for status, body in told.answers.items():
            if told.media_type == "application/json":
                yield status, OpenApiResponse(body, told.summary)
            else:
                yield (status, told.media_type), OpenApiResponse(OpenApiTypes.STR, told.summary)
            if told.also_csv:
                yield (status, "text/csv"), OpenApiResponse(OpenApiTypes.STR, told.summary)

    def _refusals(self) -> list[str]:
        missing = [NOT_FOUND[name] for name in NOT_FOUND if f"{{{name}}}" in self.path]
        of_kind = [*ALWAYS, *(WITH_BODY if self.changes else ()), *missing]
        return list(dict.fromkeys([*of_kind, *self.operation.refusals]))

    def get_override_parameters(self) -> list[OpenApiParameter]:  # type: ignore[override]
        told = self.operation
        given = [*told.query, _header("X-Request-ID", "Your name for this call; it comes back and is logged.")]
        if self.changes:
            given.append(_header("Idempotency-Key", "The same key and body again get the first answer."))
        if told.takes_version:
            given.append(_header("If-Match", "The ETag that was read; another version is refused with 412."))
        return [*given, *self._answer_headers()]

    def _answer_headers(self) -> list[OpenApiParameter]:
        done = [str(status) for status in self.operation.answers]
        headers = [
            _answer_header("X-Request-ID", True, "The id of this call."),
            _answer_header("WWW-Authenticate", ["401"], "Bearer"),
            _answer_header("Retry-After", ["429", "503"], "Seconds to wait."),
        ]
        if self.operation.is_versioned:
            headers.append(_answer_header("ETag", done, "The version in quotes."))
        if self.changes:
            headers.append(_answer_header("Idempotent-Replayed", done, "true where the answer was given before."))
        return headers

    def get_examples(self) -> list[OpenApiExample]:
        told = self.operation
        examples = []
        if told.body is not None:
            examples.append(OpenApiExample("A body", dict(told.body_example), request_only=True))
        if told.answer_example:
            status = str(next(iter(told.answers)))
            examples.append(
                OpenApiExample("An answer", dict(told.answer_example), response_only=True, status_codes=[status])
            )
        return examples


class OnceGenerator(SchemaGenerator):
    """Each process makes the description once."""

    _made: dict[str, Any] | None = None

    def get_schema(self, request=None, public=False) -> dict[str, Any]:
        if OnceGenerator._made is None:
            OnceGenerator._made = super().get_schema(None, public=True)
        return OnceGenerator._made


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key of an employee or of an integration."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        text = "A signed-in browser; what changes something needs the X-CSRFToken header too."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": text}


class StrictBody(OpenApiSerializerExtension):
    target_class = "common.api.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        body = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {name: body[name] for name in body if name != "description"} | {"additionalProperties": False}


class OpenAnswer(OpenApiSerializerExtension):
    target_class = "common.api.openapi.WithFacts"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        body = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return body | {"additionalProperties": {}}


class MoneyIn(OpenApiSerializerFieldExtension):
    target_class = "common.api.serializers.Money"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        text = "A number or a decimal string, with at most the currency's minor digits."
        number = {"type": "number", "minimum": 0}
        return {"oneOf": [number, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}], "description": text}


class MoneyOut(OpenApiSerializerFieldExtension):
    target_class = "common.api.openapi.Amount"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "number"}


def tidy(result: dict[str, Any], generator, **kwargs) -> dict[str, Any]:
    """The end of the making: what many operations refuse is written down once, and marks of the tool go."""
    uses: dict[str, list[tuple[dict, str]]] = defaultdict(list)
    for responses in (operation["responses"] for path in result["paths"].values() for operation in path.values()):
        for status, response in responses.items():
            if int(status) >= 400:
                uses[response["description"]].append((responses, status))
    shared = result["components"]["responses"] = {}
    for codes, places in sorted(uses.items()):
        if len(places) == 1:
            continue
        name = "Or".join(_component(code.lower()) for code in codes.split(", "))
        shared[name] = places[0][0][places[0][1]]
        for responses, status in places:
            responses[status] = {"$ref": f"#/components/responses/{name}"}
    _drop(result, "x-spec-enum-id")
    return result


def _drop(part: Any, name: str) -> None:
    if isinstance(part, dict):
        part.pop(name, None)
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _drop(inner, name)


def _component(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _in_words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _header(name: str, description: str) -> OpenApiParameter:
    length = {"type": "string", "minLength": 1, "maxLength": 128 if name == "X-Request-ID" else 255}
    return OpenApiParameter(name, length, OpenApiParameter.HEADER, description=description)


def _answer_header(name: str, statuses: bool | list[str], description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, response=statuses)


def _example_of(code: str) -> OpenApiExample:
    kinds = sorted(_kinds_of(DeskError), key=lambda kind: (kind.__module__, kind.__qualname__))
    error = next(kind for kind in kinds if kind.code == code)
    shown = DeskError(error.message, **FACTS.get(code, {}))
    body = envelope(shown, "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b21") | {"error_code": code}
    return OpenApiExample(_in_words(code), body, response_only=True)


def _kinds_of(kind: type[DeskError]):
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds_of(narrower)
