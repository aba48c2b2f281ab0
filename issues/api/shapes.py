"""The forms of what the API answers about issues and approvals, for its description."""

from rest_framework import serializers

from common.api.openapi import Amount, Word
from issues.models import Communication as CommunicationRow
from issues.workflow import ApprovalKind, ApprovalStatus, IssueType, Priority, Status
from refunds.api.schema import Refund

ENTRY_TYPES = [
    "created", "status_changed", "field_changed", "note", "communication", "attachment", "refund", "approval",
    "notification",
]  # fmt: skip


TARGETS = ["first_response", "next_response", "resolution"]
SEGMENTS = ["running", "closed", "waiting_for_customer", "resolved", "earlier"]
CLOCK_STATES = ["running", "waiting_for_customer", "resolved", "late", "met", "met_late", "replaced"]


class Sla(serializers.Serializer):
    policy = serializers.CharField()
    due_at = serializers.DateTimeField()
    breached = serializers.BooleanField()


class Segment(serializers.Serializer):
    state = Word([(each, each) for each in SEGMENTS])
    to = serializers.DateTimeField()
    counted_seconds = serializers.IntegerField(help_text="What of it is used up.")
    policy = serializers.CharField()

    def get_fields(self):
        """``from`` is no name in Python."""
        fields = super().get_fields()
        return {"state": fields.pop("state"), "from": serializers.DateTimeField(), **fields}


class Clock(serializers.Serializer):
    target = Word([(each, each) for each in TARGETS])
    policy = serializers.CharField()
    policy_version = serializers.IntegerField(help_text="As it was when this clock began.")
    state = Word([(each, each) for each in CLOCK_STATES])
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while it stands still.")
    met_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)
    allowed_seconds = serializers.IntegerField()
    used_seconds = serializers.IntegerField()
    segments = Segment(many=True)


class Deadlines(serializers.Serializer):
    issue_id = serializers.UUIDField()
    clocks = Clock(many=True)


class OrderInShort(serializers.Serializer):
    order_id = serializers.CharField()
    store_id = serializers.CharField()
    currency = serializers.CharField()
    total_amount = Amount()
    refunded_amount = Amount()
    refundable_amount = Amount()
    payment_method = serializers.CharField()
    customer_name = serializers.CharField(allow_null=True)


class IssueRow(serializers.Serializer):
    issue_id = serializers.UUIDField()
    issue_number = serializers.CharField()
    order_id = serializers.CharField()
    store_id = serializers.CharField()
    issue_type = Word(IssueType.choices)
    description = serializers.CharField()
    status = Word(Status.choices)
    priority = Word(Priority.choices)
    assigned_to = serializers.CharField(allow_null=True)
    assigned_team = serializers.CharField(allow_null=True)
    reported_by = serializers.CharField()
    order_item_id = serializers.CharField(allow_null=True)
    resolution_description = serializers.CharField(allow_null=True)
    customer_satisfied = serializers.BooleanField(allow_null=True)
    follow_up_required = serializers.BooleanField()
    follow_up_date = serializers.DateTimeField(allow_null=True)
    customer_contacted = serializers.BooleanField()
    expected_resolution_time = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    first_response_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reopened_count = serializers.IntegerField()
    version = serializers.IntegerField()
    sla = Sla(allow_null=True)
    order = OrderInShort()


class Issue(IssueRow):
    allowed_transitions = serializers.ListField(child=Word(Status.choices))
    requestable_transitions = serializers.ListField(child=Word(Status.choices))


class CreatedIssue(serializers.Serializer):
    issue_id = serializers.UUIDField()
    issue_number = serializers.CharField()
    status = Word(Status.choices)
    created_at = serializers.DateTimeField()
    assigned_to = serializers.CharField(allow_null=True)
    assigned_team = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()


class ApprovalInShort(serializers.Serializer):
    id = serializers.UUIDField()
    kind = Word(ApprovalKind.choices)
    status = Word(ApprovalStatus.choices)
    requested_status = Word(Status.choices, allow_null=True)


class Approval(ApprovalInShort):
    order_id = serializers.CharField()
    issue_id = serializers.UUIDField()
    refund_id = serializers.UUIDField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    requested_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True)
    on_behalf_of = serializers.CharField(allow_null=True, help_text="Who was away, where the decider stood in.")
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField(allow_null=True)


class UpdatedIssue(serializers.Serializer):
    issue_id = serializers.UUIDField()
    updated_fields = serializers.ListField(child=serializers.CharField())
    previous_status = Word(Status.choices)
    new_status = Word(Status.choices)
    refund_processed = serializers.BooleanField()
    timestamp = serializers.DateTimeField()
    version = serializers.IntegerField()
    refund = Refund(allow_null=True)
    approval = ApprovalInShort(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())


class EntryActor(serializers.Serializer):
    employee_id = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    via = Word(["api", "admin", "web", "system"])


class TimelineEntry(serializers.Serializer):
    type = Word(ENTRY_TYPES)
    at = serializers.DateTimeField()
    actor = EntryActor()
    data = serializers.DictField()  # type: ignore[assignment]


class Change(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class AuditRow(serializers.Serializer):
    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    employee_id = serializers.CharField(allow_null=True)
    key = serializers.CharField(allow_null=True)
    via = Word(["api", "admin", "web", "system"])
    request_id = serializers.CharField()
    changes = Change(many=True)
    hash = serializers.CharField()


class Communication(serializers.Serializer):
    id = serializers.UUIDField()
    issue_id = serializers.UUIDField()
    channel = Word(CommunicationRow.Channel.choices)
    direction = Word(CommunicationRow.Direction.choices)
    body = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    contacted_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
