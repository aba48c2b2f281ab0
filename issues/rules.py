"""What is wrong with a change: all the broken rules at once, by field."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from common.errors import FieldErrors
from issues.models import Issue
from issues.workflow import Priority, Status
from orders.models import Order
from refunds.allowance import refund_errors

Errors = dict[str, list[str]]

MAX_ATTACHMENTS, MAX_ATTACHMENT_URL = 10, 2000
STATUSES_THAT_NEED_A_NOTE = (Status.RESOLVED, Status.CLOSED)

# What a closed issue still takes, beside its reopening.
OPEN_ON_CLOSED = frozenset({"notes", "customer_satisfied", "follow_up_required", "follow_up_date"})


def broken_pairs(changes: Mapping[str, Any]) -> Errors:
    """The rules between the fields of an update that need no issue to be seen."""
    errors: Errors = {}
    if not changes:
        errors["non_field_errors"] = ["Name at least one field to change beside updated_by."]
    if "refund_amount" in changes and "refund_source" not in changes:
        errors["refund_source"] = ["A refund needs its source."]
    if "refund_source" in changes and "refund_amount" not in changes:
        errors["refund_amount"] = ["A refund needs its amount."]
    if changes.get("follow_up_required") is False and changes.get("follow_up_date"):
        errors["follow_up_date"] = ["There can be no date where follow_up_required is false."]
    return errors


def broken_rules(issue: Issue, changes: Mapping[str, Any]) -> Errors:
    """The rules of an update that need the issue and its order. ``changes`` are the real ones."""
    errors: Errors = {}
    if "notes" not in changes and (reason := _why_a_note_is_needed(issue, changes)):
        errors["notes"] = [reason]
    assignee = changes.get("assigned_to")
    if assignee is not None and not sees_store(assignee, issue.order):
        errors["assigned_to"] = [f"{assignee.employee_id} does not work for this order's store."]
    if {"refund_amount", "refund_source"} <= changes.keys():
        errors |= refund_errors(issue.order, changes["refund_amount"], changes["refund_source"])
    return errors


def _why_a_note_is_needed(issue: Issue, changes: Mapping[str, Any]) -> str:
    status = changes.get("status")
    if status in STATUSES_THAT_NEED_A_NOTE:
        return f"Notes are required when the status becomes {status}."
    if "priority" not in changes:
        return ""
    granted = at_least_high(issue.priority) if status == Status.ESCALATED else issue.priority
    if Priority(changes["priority"]).rank > Priority(granted).rank:
        return "Notes are required when the priority rises."
    return ""


def at_least_high(priority: str) -> Priority:
    """An escalation is the justification for this priority."""
    return max(Priority(priority), Priority.HIGH, key=lambda each: each.rank)


def sees_store(employee, order: Order) -> bool:
    """Whether the employee's team works for the order's store; a team that names none works for all."""
    if employee.team_id is None:
        return True
    stores = {store.pk for store in employee.team.stores.all()}
    return not stores or order.store_id in stores


def bad_attachments(urls: list[str]) -> list[str]:
    """Those that are no https address of a host, without a name or password in it."""
    return [url for url in urls if not _is_https_address(url)]


def attachment_errors(urls: list[str]) -> FieldErrors:
    """``bad_attachments`` in words, to be told beside other broken rules."""
    invalid = bad_attachments(urls)
    return {"attachments": [f"Not an https address: {', '.join(map(str, invalid))}."]} if invalid else {}


def _is_https_address(url: Any) -> bool:
    if not isinstance(url, str) or len(url) > MAX_ATTACHMENT_URL:
        return False
    try:
        URLValidator(schemes=["https"])(url)
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.username is None and parts.port != 0  # reading it refuses 65536 and more
    except (ValidationError, ValueError):
        return False
