"""An issue as it is answered."""

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from common import clock
from common.money import as_currency
from issues import sla
from issues.models import Issue
from issues.policy import allowed_transitions, requestable_transitions
from issues.timeline import Entry
from orders.models import Order


def issue_answer(issue: Issue, actor: Actor, *, at: datetime | None = None) -> dict[str, Any]:
    """All fields, and what ``actor`` could do next."""
    return issue_row(issue, at=at) | {
        "allowed_transitions": allowed_transitions(issue.status, actor),
        "requestable_transitions": requestable_transitions(issue.status, actor),
    }


def issue_row(issue: Issue, *, at: datetime | None = None) -> dict[str, Any]:
    """One of a list; ``issue`` comes from ``in_full``. ``at`` is the moment that it is seen at: now, if not given."""
    return {
        "issue_id": issue.pk,
        "issue_number": issue.number,
        "order_id": issue.order_id,
        "store_id": issue.order.store_id,
        "issue_type": issue.issue_type,
        "description": issue.description,
        "status": issue.status,
        "priority": issue.priority,
        "assigned_to": issue.assigned_to.employee_id if issue.assigned_to else None,
        "assigned_team": issue.assigned_team.name if issue.assigned_team else None,
        "reported_by": issue.reported_by.employee_id,
        "order_item_id": issue.order_item.item_id if issue.order_item else None,
        "resolution_description": issue.resolution_description or None,
        "customer_satisfied": issue.customer_satisfied,
        "follow_up_required": issue.follow_up_required,
        "follow_up_date": issue.follow_up_date,
        "customer_contacted": issue.customer_contacted,
        "expected_resolution_time": issue.expected_resolution_time,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "first_response_at": issue.first_response_at,
        "resolved_at": issue.resolved_at,
        "closed_at": issue.closed_at,
        "reopened_count": issue.reopened_count,
        "version": issue.version,
        "sla": sla_answer(issue, at=at or clock.now()),
        "order": order_in_short(issue.order),
    }


def sla_answer(issue: Issue, *, at: datetime) -> dict[str, Any] | None:
    if issue.due_at is None:
        return None
    return {"policy": issue.sla_policy, "due_at": issue.due_at, "breached": sla.is_breached(issue, at=at)}


def order_in_short(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.pk,
        "store_id": order.store_id,
        "currency": order.currency,
        "total_amount": as_currency(order.total_amount, order.currency),
        "refunded_amount": as_currency(order.refund_reserved, order.currency),
        "refundable_amount": as_currency(order.refundable_amount, order.currency),
        "payment_method": order.payment_method,
        "customer_name": (order.customer.name or None) if order.customer else None,
    }


def entry_answer(entry: Entry) -> dict[str, Any]:
    employee = entry.employee
    return {
        "type": entry.type,
        "at": entry.at,
        "actor": {
            "employee_id": employee.employee_id if employee else None,
            "name": employee.name if employee else None,
            "via": entry.via,
        },
        "data": entry.data,
    }
