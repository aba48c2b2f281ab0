"""The shape of what comes in. What needs the issue to be judged is in ``issues.rules``."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.api.fields import EmployeeId
from common.api.serializers import Anything, Choice, Flag, Moment, Money, StrictSerializer, Text
from common.errors import FieldErrors
from issues.models import Communication, Issue, Note
from issues.rules import MAX_ATTACHMENTS, attachment_errors, broken_pairs
from issues.workflow import REQUESTABLE_STEPS, IssueType, Priority, Status
from refunds.models import Source


def _longest(model, field: str) -> int:
    return model._meta.get_field(field).max_length


NOTE_LENGTH = _longest(Note, "body")


class UpdateSerializer(StrictSerializer):
    notes = Text(max_length=NOTE_LENGTH, required=False)
    priority = Choice(Priority.choices, required=False)
    status = Choice(Status.choices, required=False)
    refund_amount = Money(required=False, above_zero=True)
    refund_source = Choice(Source.choices, required=False)
    resolution_description = Text(
        max_length=_longest(Issue, "resolution_description"), allow_blank=True, required=False
    )
    customer_satisfied = Flag(allow_null=True, required=False)
    follow_up_required = Flag(required=False)
    follow_up_date = Moment(allow_null=True, required=False)
    assigned_to = EmployeeId(allow_null=True, required=False)

    def broken_rules(self, given):
        return broken_pairs(given)


class NewIssueSerializer(StrictSerializer):
    issue_type = Choice(IssueType.choices)
    description = Text(max_length=_longest(Issue, "description"))
    priority = Choice(Priority.choices, required=False)
    order_item_id = Text(max_length=64, allow_null=True, required=False)
    attachments = serializers.ListField(child=Anything(allow_null=True), max_length=MAX_ATTACHMENTS, required=False)
    customer_contacted = Flag(required=False)
    expected_resolution_time = Moment(allow_null=True, required=False)

    @classmethod
    def told_beside_others(cls, values: Mapping[str, Any]) -> FieldErrors:
        return attachment_errors(values.get("attachments", []))


class CommunicationSerializer(StrictSerializer):
    channel = Choice(Communication.Channel.choices)
    direction = Choice(Communication.Direction.choices)
    body = Text(max_length=_longest(Communication, "body"))
    occurred_at = Moment(required=False)


class ApprovalRequestSerializer(StrictSerializer):
    kind = Choice([(kind.value, kind.label) for kind in REQUESTABLE_STEPS])
    note = Text(max_length=NOTE_LENGTH)


class DecisionSerializer(StrictSerializer):
    note = Text(max_length=NOTE_LENGTH, allow_blank=True, required=False)


class RejectionSerializer(StrictSerializer):
    note = Text(max_length=NOTE_LENGTH)
