"""What an update is called in the public vocabulary of events."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import Employee
from issues.workflow import Priority, Status

Facts = dict[str, dict[str, Any]]

EVENT_OF_STATUS = {
    Status.ESCALATED: "issue.escalated",
    Status.RESOLVED: "issue.resolved",
    Status.CLOSED: "issue.closed",
}


def facts_of(updated_fields: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> Facts:
    """The events of an update, with their data; ``before`` and ``after`` are the issue's tracked values."""
    facts: Facts = {"issue.updated": {"fields": list(updated_fields), "version": after["version"]}}
    if before["status"] != after["status"]:
        name = "issue.reopened" if before["status"] == Status.CLOSED else EVENT_OF_STATUS.get(after["status"])
        if name:
            facts[name] = {"from": before["status"], "to": after["status"]}
    if before["assigned_to"] != after["assigned_to"] and after["assigned_to"]:
        facts["issue.assigned"] = {"from": name_of(before["assigned_to"]), "to": name_of(after["assigned_to"])}
    if before["priority"] != after["priority"] == Priority.CRITICAL:
        facts["issue.became_critical"] = {"from": before["priority"]}
    return facts


def name_of(employee: int | None) -> str | None:
    """The public id of the employee with this primary key."""
    return Employee.objects.filter(pk=employee).values_list("employee_id", flat=True).first() if employee else None
