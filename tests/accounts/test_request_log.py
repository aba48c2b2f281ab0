"""What the log says of a call: one line with its id, no secret, and nothing that a customer wrote."""

import json
import logging
from io import StringIO

import pytest

from tests.accounts.calls import THING, Caller
from tests.factories import key_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel_urls")]


@pytest.fixture
def logged():
    """What the process writes to its standard error, by our own formatter."""
    ours = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    stderr = ours.setStream(StringIO())
    yield ours.stream.getvalue
    ours.setStream(stderr)


class TestTheLog:
    def line(self, logged, event: str) -> dict:
        return json.loads([line for line in logged().splitlines() if event in line][-1])

    def test_a_call_is_one_line_with_its_id_and_route(self, alices, logged):
        alices.patch(X_Request_ID="r-7")
        line = self.line(logged, "request.finished")
        assert (line["request_id"], line["status"], line["method"]) == ("r-7", 200, "PATCH")
        assert line["route"] == "api/v1/things/<str:thing>"

    def test_no_secret_and_nothing_a_customer_wrote_is_in_it(self, alice, logged):
        secret = key_for(alice)
        caller = Caller(secret)
        caller.patch(THING | {"name": "jane@example.com"})
        caller("GET", "/things/jane@example.com?q=jane@example.com", Cookie="sessionid=hunter2")
        caller.patch(THING | {"name": "jane@example.com" * 10, "colour": "jane@example.com"})
        caller("POST", "/breaks/database", {"note": "jane@example.com"})
        caller("POST", "/breaks/bug", {"note": "jane@example.com"})
        caller("POST", "/breaks/http404", {})
        assert "request.failed" in logged()
        for word in (secret, secret[15:], "jane", "hunter2", "Bearer"):
            assert word not in logged()

    def test_a_breakage_says_where_and_not_what(self, alices, logged):
        alices("POST", "/breaks/bug", {})
        error = self.line(logged, "request.failed")["exception"][0]
        assert error["type"] == "builtins.ZeroDivisionError"
        assert any("kernel_urls.py" in place for place in error["at"])

    def test_the_cause_of_a_breakage_is_told_too(self, logged):
        try:
            try:
                int("hunter2")
            except ValueError as error:
                raise RuntimeError("hunter2") from error
        except RuntimeError:
            logging.getLogger("anybody").exception("It broke.")
        kinds = [error["type"] for error in self.line(logged, "It broke.")["exception"]]
        assert kinds == ["builtins.RuntimeError", "builtins.ValueError"]
        assert "hunter2" not in logged()
