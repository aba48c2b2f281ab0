"""The API's description: whole, fresh, and readable offline under the strict policy."""

import json
import re

import pytest
import yaml
from django.test import Client
from drf_spectacular.validation import validate_schema

from accounts.api.views import DeskView
from config.openapi import OPERATIONS, OnceGenerator
from tests.schema_check import SNAPSHOT, description


@pytest.fixture(scope="module")
def made():
    return OnceGenerator().get_schema(public=True)


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path.removeprefix('/api/v1')}", operation


def test_it_is_valid_openapi(made):
    validate_schema(made)


def test_the_snapshot_is_fresh(made):
    """``make openapi`` writes it anew."""
    assert description() == json.loads(json.dumps(made))


def test_every_operation_is_described_and_no_other(made):
    assert {name for name, _ in operations(made)} == OPERATIONS.keys()


def test_every_view_has_its_operations():
    from django.urls import get_resolver

    def views(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from views(pattern.url_patterns, route)
            elif issubclass(getattr(pattern.callback, "cls", object), DeskView):
                yield route, pattern.callback.cls

    for route, view in views(get_resolver("config.urls").url_patterns):
        address = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route).removeprefix("api/v1/")
        for method in view.scopes:
            told = OPERATIONS[f"{method} {address}"]
            assert told.acting_field == (view.acting_field if method != "GET" else None), (method, address)


EVERYWHERE = {"400", "401", "403", "406", "429", "500", "503"}


def test_every_operation_tells_what_it_may_refuse(made):
    for name, operation in operations(made):
        statuses = operation["responses"].keys()
        expected = EVERYWHERE | ({"409", "413", "415", "422"} if "requestBody" in operation else set())
        expected |= {"404"} if "{" in name else set()
        assert expected <= statuses, name
        assert any(status.startswith("2") for status in statuses), name


def test_every_change_names_its_headers_and_shows_a_body(made):
    for name, operation in operations(made):
        headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
        assert "X-Request-ID" in headers, name
        if not name.startswith("GET"):
            assert "Idempotency-Key" in headers, name
            assert operation["requestBody"]["content"]["application/json"]["examples"], name


def test_names_are_unique(made):
    names = [operation["operationId"] for _, operation in operations(made)]
    assert len(names) == len(set(names))


def test_it_is_told_to_anybody_as_yaml_and_as_json():
    client = Client()
    assert yaml.safe_load(client.get("/api/schema").content)["info"]["title"] == "Redress"
    response = client.get("/api/schema", headers={"Accept": "application/json"})
    assert response.json()["openapi"].startswith("3.")


def test_the_snapshot_tells_nothing_of_this_machine():
    assert "/work" not in SNAPSHOT.read_text()
    assert "localhost" not in SNAPSHOT.read_text()


def test_the_page_needs_nobody_else_and_no_inline_script_or_style():
    response = Client().get("/api/docs")
    page = response.content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 4
    assert all(source.startswith("/") for source in sources)
    assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=", page)
    for source in sources:
        assert Client().get(source.replace("&amp;", "&")).status_code == 200, source
