"""What ``manage.py serve`` prints once the web answers: where to go, as whom, and a call that works."""

import json
import logging
import sys
from typing import Any

from django.conf import settings

from issues.demo import ensure_demo, make_access
from issues.models import Issue
from issues.workflow import Status


def welcome(url: str) -> str:
    text = f"\nRedress is up at {url}   (Ctrl-C stops it)\n"
    if not settings.IS_DEMO:
        return text
    logging.disable(logging.INFO)  # what is told of the keys here would stand before the words
    ensure_demo(progress=sys.stderr)
    access = make_access()
    logging.disable(logging.NOTSET)
    return text + pages(url) + logins(access["employees"]) + first_call(url, access)


def pages(url: str) -> str:
    return f"  manager's pages  {url}/\n  agents' admin    {url}/admin/\n  API reference    {url}/api/docs\n"


def logins(employees: dict[str, dict[str, str]]) -> str:
    rows = (
        f"  {role:<9} {who['employee_id']:<8} {who['username']:<9} {who['password']}\n"
        for role, who in employees.items()
    )
    return f"\nSign in at /accounts/login/ as\n{''.join(rows)}"


def first_call(url: str, access: dict[str, Any]) -> str:
    """A ``curl`` that updates an issue, and that may be sent again."""
    key = access["keys"]["agent"]
    issue = Issue.objects.filter(status=Status.OPEN).order_by("-created_at").first() or Issue.objects.latest(
        "created_at"
    )
    body = {"updated_by": access["employees"]["agent"]["employee_id"], "notes": "Called the customer back."}
    if issue.status == Status.OPEN:
        body["status"] = Status.INVESTIGATING.value
    return (
        f"\nAPI key of the agent: {key}\n\nUpdate an issue:\n"
        f"  curl -X PATCH {url}/api/v1/orders/{issue.order_id}/issues/{issue.pk} \\\n"
        f'    -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\\n'
        f"    -d '{json.dumps(body)}'\n"
    )
