"""Open an issue, and change it."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from common import clock
from common.api.etag import etag_of, expected_version
from issues.actions.create import create_issue
from issues.actions.lock import ensure_order_exists
from issues.actions.update import update_issue
from issues.actions.updated import Updated
from issues.api.approvals import short_approval
from issues.api.reads import IssueReadView, OrderIssuesReadView, ensure_issue_exists
from issues.api.serializers import NewIssueSerializer, UpdateSerializer
from issues.models import Issue
from refunds.api.answers import refund_answer
from refunds.models import RefundStatus


class OrderIssuesView(OrderIssuesReadView):
    scopes = OrderIssuesReadView.scopes | {"POST": Scope.ISSUES_WRITE}
    acting_field = "reported_by"

    def post(self, request: Request, order_id: str) -> Response:
        found = lambda: ensure_order_exists(order_id, actor=self.actor)  # noqa: E731
        issue = create_issue(order_id, self.read(NewIssueSerializer, found=found), actor=self.actor)
        return self.answer(created_answer(issue), status=201, headers={"ETag": etag_of(issue.version)})


class IssueView(IssueReadView):
    scopes = IssueReadView.scopes | {"PATCH": Scope.ISSUES_WRITE}
    acting_field = "updated_by"

    def scopes_of_body(self, body: Mapping[str, Any]) -> list[str]:
        return [Scope.REFUNDS_WRITE] if body.get("refund_amount") is not None else []

    def patch(self, request: Request, order_id: str, issue_id: str) -> Response:
        found = lambda: ensure_issue_exists(order_id, issue_id, actor=self.actor)  # noqa: E731
        changes = self.read(UpdateSerializer, found=found)
        updated = update_issue(
            order_id, issue_id, changes, actor=self.actor, expected_version=expected_version(request)
        )
        status = 202 if asked_to_reopen(updated) else 200
        return self.answer(updated_answer(updated), status=status, headers={"ETag": etag_of(updated.issue.version)})


def created_answer(issue: Issue) -> dict:
    return {
        "success": True,
        "message": "The issue was opened.",
        "issue_id": issue.pk,
        "issue_number": issue.number,
        "status": issue.status,
        "created_at": issue.created_at,
        "assigned_to": issue.assigned_to.employee_id if issue.assigned_to else None,
        "assigned_team": issue.assigned_team.name if issue.assigned_team else None,
        "version": issue.version,
    }


def updated_answer(updated: Updated) -> dict:
    refund = updated.refund
    return {
        "success": True,
        "message": message_of(updated),
        "issue_id": updated.issue.pk,
        "updated_fields": updated.updated_fields,
        "previous_status": updated.previous_status,
        "new_status": updated.new_status,
        "refund_processed": refund is not None and refund.status != RefundStatus.AWAITING_APPROVAL,
        "timestamp": clock.now(),
        "version": updated.issue.version,
        "refund": refund_answer(refund) if refund else None,
        "approval": short_approval(updated.approval) if updated.approval else None,
        "warnings": updated.warnings,
    }


def asked_to_reopen(updated: Updated) -> bool:
    return updated.approval is not None and updated.refund is None


def message_of(updated: Updated) -> str:
    if asked_to_reopen(updated):
        return "The issue stays closed until a manager approves its reopening."
    if updated.approval:
        return "The issue was updated; the refund waits for approval."
    return "The issue was updated." if updated.updated_fields else "Nothing changed."
