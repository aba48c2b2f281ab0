"""The API as an integrator calls it: through the whole stack of middleware, by key; each answer as it is described."""

import json
from decimal import Decimal

from django.test import Client

from tests.schema_check import ensure_described


class ApiClient:
    def __init__(self, secret: str = "", *, raise_exceptions: bool = True) -> None:
        self._client = Client(raise_request_exception=raise_exceptions)
        self._authorization = {"Authorization": f"Bearer {secret}"} if secret else {}

    def call(self, method: str, path: str, body=None, **headers):
        """``body`` is sent as JSON (bytes as they are); ``headers`` by keyword, ``Idempotency_Key="k"``."""
        content = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=_number).encode()
        )
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._client.generic(
            method, f"/api/v1{path}", content, "application/json", headers=self._authorization | extra
        )
        ensure_described(method, path, content, response)
        return response

    def get(self, path: str, **headers):
        return self.call("GET", path, **headers)

    def post(self, path: str, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body=None, **headers):
        return self.call("PUT", path, body, **headers)

    def patch(self, path: str, body=None, **headers):
        return self.call("PATCH", path, body, **headers)


def _number(value):
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))


def path_of(issue) -> str:
    return f"/orders/{issue.order_id}/issues/{issue.pk}"
