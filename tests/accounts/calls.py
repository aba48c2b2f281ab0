"""Calls to the views of ``tests.kernel_urls`` through the whole stack of middleware."""

import json

from django.test import Client

THING = {"updated_by": "EMP-ALICE", "name": "kettle"}


class Caller:
    def __init__(self, secret: str = "") -> None:
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body=None, content_type: str = "application/json", **headers):
        """``body`` is sent as JSON, bytes as they are; ``headers`` by keyword, ``Idempotency_Key="k"``."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, f"/api/v1{path}", raw, content_type, headers=self.headers | more)

    def patch(self, body=None, thing: str = "one", **headers):
        return self("PATCH", f"/things/{thing}", THING if body is None else body, **headers)


def refused(response, status: int, code: str) -> dict:
    """The body of a refusal, after a look at what all of them have."""
    body = response.json()
    assert (response.status_code, body["error_code"]) == (status, code), body
    assert response["Content-Type"] == "application/json"
    assert body["success"] is False
    assert body["message"]
    assert body["request_id"] == response["X-Request-ID"]
    return body
