"""Hold what the API answers against the committed description of it: no undocumented status, field or form."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

JUDGED_BY_ROW = ("import_orders",)  # a bad row does not make a bad call
SNAPSHOT = Path(__file__).resolve().parent.parent / "docs" / "openapi.yaml"


@cache
def description() -> dict[str, Any]:
    return yaml.load(SNAPSHOT.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def ensure_described(method: str, path: str, sent: bytes, response) -> None:
    """Fails where ``response`` to ``method`` of ``path`` (below the base) is not what the description says."""
    operation = operation_of(method, f"/api/v1{path.partition('?')[0]}")
    if operation is None:
        assert response.status_code in (401, 404, 405, 429), f"{method} {path} is not described"
        return
    name, status = operation["operationId"], response.status_code
    assert str(status) in operation["responses"], f"{name} answers {status}, which is not described"
    if response.headers.get("Content-Type", "").startswith("text/csv"):
        assert "text/csv" in operation["responses"][str(status)]["content"]
    elif response.content:
        _ensure_fits(_validator(name, "answer", str(status)), json.loads(response.content), f"{name} {status}")
    if status < 300 and sent and name not in JUDGED_BY_ROW:
        _ensure_fits(_validator(name, "body", ""), json.loads(sent), f"the body of {name}")


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    for pattern, operations in _paths():
        if pattern.fullmatch(path):
            return operations.get(method.lower())
    return None


@cache
def _paths() -> list[tuple[re.Pattern, dict[str, Any]]]:
    literal_first = sorted(description()["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operations) for path, operations in literal_first]


@cache
def _validator(name: str, which: str, status: str) -> Draft202012Validator:
    operation = next(found for _, found in _operations() if found["operationId"] == name)
    part = operation["requestBody"] if which == "body" else _resolved(operation["responses"][status])
    schema = part["content"]["application/json"]["schema"]
    return Draft202012Validator({**_plain(schema), "components": _components()})


def _operations():
    for path, operations in description()["paths"].items():
        for operation in operations.values():
            yield path, operation


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    return description()["components"]["responses"][part["$ref"].rsplit("/", 1)[1]]


@cache
def _components() -> dict[str, Any]:
    schemas = description()["components"]["schemas"]
    return {"schemas": {name: _plain(schema) for name, schema in schemas.items()}}


def _plain(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as a plain JSON schema that also refuses properties that it does not name."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(part) for name, part in schema.items() if name != "nullable"}
    if "properties" in plain:
        plain.setdefault("additionalProperties", False)
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def _ensure_fits(validator: Draft202012Validator, value: Any, what: str) -> None:
    wrong = [f"{what}: {error.json_path} {error.message}" for error in validator.iter_errors(value)]
    assert not wrong, "\n".join(wrong)
