"""The doors to one use-case: each takes the API's names and values, and tells what came of it in the API's words."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Employee
from issues.models import Issue
from tests.api_client import ApiClient, path_of
from tests.factories import key_for

CODE = re.compile(r'data-error-code="(\w+)"')
FIELD = re.compile(r'class="errors" id="updateform-(\w+)_error"')


@dataclass(frozen=True)
class Outcome:
    """``code`` is '' where nothing was refused."""

    code: str
    fields: frozenset[str] = field(default_factory=frozenset)
    status: int = 200
    text: str = ""


class ApiDoor:
    via = "api"

    def update(self, employee: Employee, issue: Issue, changes: dict[str, Any]) -> Outcome:
        body = {"updated_by": employee.employee_id, **changes}
        response = ApiClient(key_for(employee)).patch(path_of(issue), body)
        error = response.json()
        fields = frozenset(error.get("errors", {}))
        return Outcome(error.get("error_code", ""), fields, response.status_code, response.content.decode())


class FormDoor:
    """A page with the update form: ``address`` of it for an issue."""

    via = ""
    page = ""

    def address(self, issue: Issue) -> str:
        return reverse(self.page, args=[issue.pk])

    def update(
        self, employee: Employee, issue: Issue, changes: dict[str, Any], *, client: Client | None = None, **extra: Any
    ) -> Outcome:
        client = client or signed_in(employee)
        return outcome_of(client.post(self.address(issue), filled_in(issue, changes) | extra))


class WebDoor(FormDoor):
    via = "web"
    page = "web:issue"


class AdminDoor(FormDoor):
    via = "admin"
    page = "admin:issues_issue_change"


DOORS = [ApiDoor(), WebDoor(), AdminDoor()]
FORM_DOORS = DOORS[1:]


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
    return client


def filled_in(issue: Issue, changes: dict[str, Any]) -> dict[str, str]:
    """What a browser sends: every field of the form as the page shows it, and ``changes`` typed over it."""
    shown = {
        "form_id": str(uuid.uuid4()),
        "version": str(issue.version),
        "status": issue.status,
        "priority": issue.priority,
        "assigned_to": issue.assigned_to.employee_id if issue.assigned_to else "",
        "customer_satisfied": "" if issue.customer_satisfied is None else str(issue.customer_satisfied),
        "resolution_description": issue.resolution_description,
        "notes": "",
        "follow_up_date": _as_typed(issue.follow_up_date),
        "refund_amount": "",
        "refund_source": "",
    } | ({"follow_up_required": "on"} if issue.follow_up_required else {})
    return shown | {name: _as_typed(value) for name, value in changes.items()}


def _as_typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}"
    return re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\dZ$", r"\1", str(value))


def outcome_of(response) -> Outcome:
    text = response.content.decode()
    found = CODE.search(text)
    assert found or response.status_code in (302, 403, 404), text[:2000]
    code = found[1] if found else {403: "PERMISSION_DENIED", 404: "NOT_FOUND"}.get(response.status_code, "")
    return Outcome(code, frozenset(FIELD.findall(text)), response.status_code, text)
