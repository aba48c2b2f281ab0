"""What is asked of the API, by number of the issue and turn."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

EMPLOYEE = "EMP-BENCH"
ISSUES = 1000
# The issues whose history is filled before the measurement, and with how many rows each.
FEW_ROWS, MANY_ROWS = range(1, 101), range(101, 111)
HISTORY_ROWS = {FEW_ROWS: 10, MANY_ROWS: 10_000}
LOADED = range(MANY_ROWS.stop, ISSUES + 1)

Request = tuple[str, str, dict[str, Any] | None]


def issue_id(number: int) -> UUID:
    """Numbered, so that pgbench can draw one."""
    return UUID(f"01900000-0000-7000-8000-{number:012x}")


def order_id(number: int) -> str:
    return f"BENCH-{number:06}"


def issue_path(number: int) -> str:
    return f"/api/v1/orders/{order_id(number)}/issues/{issue_id(number)}"


@dataclass(frozen=True)
class Workload:
    """``request(number, turn)``; of two turns, one goes there and the other comes back."""

    name: str
    request: Callable[[int, int], Request]

    def encode(self, number: int, turn: int, *, host: str, key: str) -> str:
        """The request as it goes over the wire."""
        method, path, body = self.request(number, turn)
        text = json.dumps(body) if body is not None else ""
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}",
            f"Authorization: Bearer {key}",
            "Accept: application/json",
        ]
        if text:
            head += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
        return "\r\n".join([*head, "", text])


def update_with_status(number: int, turn: int) -> Request:
    status = ("investigating", "open")[turn % 2]
    return "PATCH", issue_path(number), {"updated_by": EMPLOYEE, "status": status, "notes": "Looked into it."}


def update_without_status(number: int, turn: int) -> Request:
    satisfied = (True, False)[turn % 2]
    body = {"updated_by": EMPLOYEE, "customer_satisfied": satisfied, "notes": "Spoke to the customer."}
    return "PATCH", issue_path(number), body


def detail(number: int, turn: int) -> Request:
    return "GET", issue_path(number), None


def page(number: int, turn: int) -> Request:
    return "GET", "/api/v1/issues?status=open,investigating&limit=50", None


def create(number: int, turn: int) -> Request:
    body = {"reported_by": EMPLOYEE, "issue_type": "damaged_items", "description": "The lid is cracked."}
    return "POST", f"/api/v1/orders/{order_id(number)}/issues", body


WORKLOADS = (
    Workload("update, status and notes", update_with_status),
    Workload("update, notes", update_without_status),
    Workload("detail", detail),
    Workload("list, page of 50", page),
    Workload("create", create),
)

# The event of every update.
UPDATED = "issue.updated"
