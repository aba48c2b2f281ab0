"""What the API's schema says of issues and approvals."""

from drf_spectacular.utils import OpenApiParameter

from common.api.openapi import PAGED, Operation, done, moment, page_of, several_of
from issues.api.metrics_schema import OPERATIONS as OF_METRICS
from issues.api.serializers import (
    ApprovalRequestSerializer,
    CommunicationSerializer,
    DecisionSerializer,
    NewIssueSerializer,
    RejectionSerializer,
    UpdateSerializer,
)
from issues.api.shapes import (
    Approval,
    AuditRow,
    Communication,
    CreatedIssue,
    Deadlines,
    Issue,
    IssueRow,
    TimelineEntry,
    UpdatedIssue,
)
from issues.listing import ORDERINGS
from issues.workflow import ApprovalKind, ApprovalStatus, IssueType, Priority, Status
from refunds.api.schema import EXAMPLE as REFUND_EXAMPLE
from refunds.api.schema import Refund

ISSUE_ID = "018f3c1e-6b1d-7d0e-9d55-2f6a1c9e4b10"
LISTED = (
    several_of("status", Status.values),
    several_of("priority", Priority.values),
    several_of("issue_type", IssueType.values),
    OpenApiParameter("assigned_to", str, description="Employee ids, none or me; several by comma."),
    OpenApiParameter("team", str, description="Names of teams, or mine; several by comma."),
    OpenApiParameter("store", str, description="Ids of stores, several by comma."),
    OpenApiParameter("tag", str, description="Tags, several by comma: issues with one of them."),
    moment("created_after", "Created then or later."),
    moment("created_before", "Created before then."),
    moment("updated_after", "Updated then or later."),
    moment("updated_before", "Updated before then."),
    moment("follow_up_before", "With a follow-up before then."),
    several_of("sla", ["breached", "due"], "Of what is neither resolved nor closed, by comma."),
    several_of("attention", ["approval", "follow_up", "refund_failed"]),
    OpenApiParameter("q", str, description="Text in the number, order, name or mail, description or notes."),
    OpenApiParameter("ordering", str, enum=[sign + name for name in ORDERINGS for sign in ("", "-")]),
    *PAGED,
)
REFUND_REFUSALS = ("POSSIBLE_DUPLICATE_REFUND", "REFUND_FAILED")
ISSUE = "/orders/{order_id}/issues/{issue_id}"
UPDATE_EXAMPLE = {
    "updated_by": "EMP-0001",
    "notes": "Called the customer; the kettle arrived broken.",
    "status": "investigating",
    "refund_amount": 25.5,
    "refund_source": "merchant",
}
UPDATED_EXAMPLE = {
    "success": True,
    "message": "The issue was updated.",
    "issue_id": ISSUE_ID,
    "updated_fields": ["notes", "status", "refund_amount", "refund_source"],
    "previous_status": "open",
    "new_status": "investigating",
    "refund_processed": True,
    "timestamp": "2026-01-30T09:15:00Z",
    "version": 2,
    "refund": REFUND_EXAMPLE,
    "approval": None,
    "warnings": [],
}


DEADLINES_EXAMPLE = {
    "issue_id": ISSUE_ID,
    "clocks": [
        {
            "target": "resolution",
            "policy": "high",
            "policy_version": 1,
            "state": "waiting_for_customer",
            "due_at": None,
            "met_at": None,
            "breached_at": None,
            "allowed_seconds": 86400,
            "used_seconds": 3600,
            "segments": [
                {
                    "state": "running",
                    "from": "2026-01-30T09:15:00Z",
                    "to": "2026-01-30T10:15:00Z",
                    "counted_seconds": 3600,
                    "policy": "high",
                },
                {
                    "state": "waiting_for_customer",
                    "from": "2026-01-30T10:15:00Z",
                    "to": "2026-01-30T14:00:00Z",
                    "counted_seconds": 0,
                    "policy": "high",
                },
            ],
        }
    ],
}


def _decide(name: str, summary: str, body: type[DecisionSerializer | RejectionSerializer]) -> Operation:
    return Operation(
        name,
        summary,
        {200: done(Approval)},
        body=body,
        acting_field="decided_by",
        refusals=("APPROVAL_ALREADY_DECIDED", "INVALID_STATUS_TRANSITION", "ISSUE_CLOSED"),
        body_example={"decided_by": "EMP-0007", "note": "The customer sent a photo."},
    )


OPERATIONS = {
    **OF_METRICS,
    "GET /issues": Operation("list_issues", "Issues of all orders", {200: page_of(IssueRow)}, query=LISTED),
    "GET /orders/{order_id}/issues": Operation(
        "list_issues_of_order", "Issues of an order", {200: page_of(IssueRow)}, query=LISTED
    ),
    "POST /orders/{order_id}/issues": Operation(
        "create_issue",
        "Open an issue on an order",
        {201: done(CreatedIssue)},
        body=NewIssueSerializer,
        acting_field="reported_by",
        refusals=("INVALID_ATTACHMENT",),
        is_versioned=True,
        body_example={
            "reported_by": "EMP-0001",
            "issue_type": "damaged_items",
            "description": "The kettle came broken.",
            "priority": "high",
            "attachments": ["https://files.example/photo.jpg"],
        },
    ),
    f"GET {ISSUE}": Operation(
        "get_issue",
        "An issue, now or as it once stood",
        {200: Issue},
        query=(moment("as_of", "As it stood then, from the audit."),),
        is_versioned=True,
    ),
    f"PATCH {ISSUE}": Operation(
        "update_issue",
        "Update an issue",
        {200: done(UpdatedIssue), 202: done(UpdatedIssue)},
        body=UpdateSerializer,
        acting_field="updated_by",
        refusals=("STALE_ISSUE", "ISSUE_CLOSED", "INVALID_STATUS_TRANSITION", *REFUND_REFUSALS),
        description="All or nothing. 202 where a reopening waits for approval.",
        is_versioned=True,
        takes_version=True,
        body_example=UPDATE_EXAMPLE,
        answer_example=UPDATED_EXAMPLE,
    ),
    f"GET {ISSUE}/timeline": Operation(
        "get_timeline", "The story of an issue, oldest first", {200: page_of(TimelineEntry)}, query=PAGED
    ),
    f"GET {ISSUE}/history": Operation(
        "get_history", "The audit of an issue, oldest first", {200: page_of(AuditRow)}, query=PAGED
    ),
    f"GET {ISSUE}/sla": Operation(
        "get_deadlines",
        "The deadlines of an issue, and how they came about",
        {200: Deadlines},
        description="Open clocks first. What was measured stays, whatever becomes of the policy.",
        answer_example=DEADLINES_EXAMPLE,
    ),
    f"GET {ISSUE}/communications": Operation(
        "list_communications", "Words with the customer, oldest first", {200: page_of(Communication)}, query=PAGED
    ),
    f"POST {ISSUE}/communications": Operation(
        "add_communication",
        "Write down a word with the customer",
        {201: done(Communication)},
        body=CommunicationSerializer,
        acting_field="contacted_by",
        body_example={
            "contacted_by": "EMP-0001",
            "channel": "phone",
            "direction": "outbound",
            "body": "Promised a new kettle by Friday.",
        },
    ),
    f"GET {ISSUE}/refunds": Operation(
        "list_refunds_of_issue", "Refunds of an issue, newest first", {200: page_of(Refund)}, query=PAGED
    ),
    f"POST {ISSUE}/approvals": Operation(
        "request_approval",
        "Ask for a step that one may not take",
        {200: done(Approval), 201: done(Approval)},
        body=ApprovalRequestSerializer,
        acting_field="requested_by",
        refusals=("ISSUE_CLOSED", "INVALID_STATUS_TRANSITION"),
        description="200 where the same was asked for and still waits.",
        body_example={"requested_by": "EMP-0001", "kind": "reopen", "note": "It broke again."},
    ),
    "GET /approvals": Operation(
        "list_approvals",
        "What waits for a decision, and what was decided",
        {200: page_of(Approval)},
        query=(several_of("status", ApprovalStatus.values), several_of("kind", ApprovalKind.values), *PAGED),
    ),
    "GET /approvals/{approval_id}": Operation("get_approval", "One request for approval", {200: Approval}),
    "POST /approvals/{approval_id}/approve": _decide(
        "approve", "Approve, and do what was asked for", DecisionSerializer
    ),
    "POST /approvals/{approval_id}/reject": _decide("reject", "Reject; the note says why", RejectionSerializer),
}
