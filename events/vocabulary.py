"""The public vocabulary: every event that is told to others, by name, with the form of its data.

The data of an event is written down as it was when it happened. A field may be added to it at any time; where one
goes or changes its meaning, the type's ``version`` rises, and an event says in which version its data is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.money import as_currency

JsonSchema = dict[str, Any]

# Sent to the one webhook that it was asked for; no other can choose it.
TEST = "webhook.test"

TEXT: JsonSchema = {"type": "string"}
ID: JsonSchema = {"type": "string", "format": "uuid"}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
MONEY: JsonSchema = {"type": "number"}
EMPLOYEE: JsonSchema = {"type": ["string", "null"], "description": "The id of an employee."}
NAMES: JsonSchema = {"type": "array", "items": TEXT}


def or_null(schema: JsonSchema) -> JsonSchema:
    return {**schema, "type": [schema["type"], "null"]}


@dataclass(frozen=True)
class EventType:
    """``text`` says what happened. Each of ``fields`` is always there."""

    name: str
    text: str
    fields: Mapping[str, JsonSchema]
    version: int = 1

    @property
    def sentence(self) -> str:
        return f"{self.text[0].upper()}{self.text[1:]}"

    @property
    def schema(self) -> JsonSchema:
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "type": "object",
            "properties": dict(self.fields),
            "required": list(self.fields),
        }


STEP = {"from": TEXT, "to": TEXT}
DEADLINE = {"target": TEXT, "policy": TEXT, "percent": COUNT, "due_at": or_null(TEXT)}
LINK = {"link_id": ID, "kind": TEXT, "other_issue_id": ID}
MERGE = {"into": ID, "into_number": TEXT}
APPROVAL = {"approval_id": ID, "kind": TEXT}
CUSTOMER = {"customer_id": TEXT}
EXTERNAL = {
    "external_refund_id": ID,
    "provider": TEXT,
    "reference": TEXT,
    "amount": MONEY,
    "currency": TEXT,
    "status": TEXT,
    "counts": {"type": "boolean", "description": "Whether it takes from what the order has left."},
}
REFUND = {
    "refund_id": ID,
    "amount": MONEY,
    "currency": TEXT,
    "source": TEXT,
    "status": TEXT,
    "failure_code": TEXT,
    "failure_reason": TEXT,
}
CLAIM = {
    "claim_id": ID,
    "refund_id": ID,
    "reference": TEXT,
    "asked_amount": MONEY,
    "accepted_amount": or_null(MONEY),
    "currency": TEXT,
    "reason": TEXT,
}

_ALL = (
    EventType("issue.created", "an issue was opened.", {"priority": TEXT, "assigned_to": EMPLOYEE}),
    EventType("issue.updated", "an issue was changed, in these fields.", {"fields": NAMES, "version": COUNT}),
    EventType("issue.assigned", "an issue went to an employee.", {"from": EMPLOYEE, "to": EMPLOYEE}),
    EventType("issue.became_critical", "an issue's priority rose to critical.", {"from": TEXT}),
    EventType("issue.escalated", "an issue was escalated.", STEP),
    EventType("issue.resolved", "an issue was resolved.", STEP),
    EventType("issue.closed", "an issue was closed.", STEP),
    EventType("issue.reopened", "a closed issue was opened again.", STEP),
    EventType("issue.tagged", "tags were put on an issue or taken off.", {"added": NAMES, "removed": NAMES}),
    EventType("issue.linked", "an issue was linked to another.", LINK),
    EventType("issue.unlinked", "the link between two issues was removed.", LINK),
    EventType("issue.merged", "a duplicate was merged into the issue that goes on.", MERGE),
    EventType("issue.unmerged", "a merge was undone.", MERGE),
    EventType("file.added", "somebody put a file on an issue.", {"file_id": ID, "media_type": TEXT, "size": COUNT}),
    EventType("issue.follow_up_due", "an issue is to be followed up now.", {"follow_up_date": TEXT}),
    EventType("sla.warning", "so much of the time for a target is used up.", DEADLINE),
    EventType("sla.breached", "the time for a target is over.", DEADLINE),
    EventType("approval.requested", "somebody asked for a step that another person decides.", APPROVAL),
    EventType("approval.approved", "what was asked for was approved.", APPROVAL),
    EventType("approval.rejected", "what was asked for was rejected.", APPROVAL),
    EventType("approval.expired", "nobody decided in time.", APPROVAL),
    EventType("approval.superseded", "what was asked for lost its ground.", APPROVAL),
    EventType(
        "communication.added", "a word with the customer was written down.", {"communication_id": ID, "direction": TEXT}
    ),
    EventType("refund.requested", "somebody asked for a refund.", REFUND),
    EventType("refund.awaiting_approval", "a refund waits for another person's word.", REFUND),
    EventType("refund.awaiting_claim", "the insurer is asked.", REFUND),
    EventType("refund.queued", "a refund is about to be paid.", REFUND),
    EventType("refund.processing", "the provider is asked to pay.", REFUND),
    EventType("refund.pending", "the provider has the refund, and has not paid yet.", REFUND),
    EventType("refund.unknown", "the provider's answer was lost and is looked up.", REFUND),
    EventType("refund.needs_review", "a person must look at a refund.", REFUND),
    EventType("refund.succeeded", "a refund was paid.", REFUND),
    EventType("refund.failed", "a refund could not be paid; its amount is free again.", REFUND),
    EventType("refund.returned", "a paid refund came back; its amount is free again.", REFUND),
    EventType("refund.cancelled", "a refund was called back; its amount is free again.", REFUND),
    EventType("refund.rejected", "a refund was not approved; its amount is free again.", REFUND),
    EventType("refund.external_recorded", "the provider tells of a refund that nobody here made.", EXTERNAL),
    EventType("refund.external_over_cap", "the order has no room for it: a person must look.", EXTERNAL),
    EventType("refund.external_failed", "a refund made elsewhere failed or came back.", EXTERNAL),
    EventType("claim.submitted", "a claim was made to the insurer.", CLAIM),
    EventType("claim.in_review", "the insurer looks into a claim.", CLAIM),
    EventType("claim.accepted", "the insurer pays.", CLAIM),
    EventType("claim.accepted_in_part", "the insurer pays less than was claimed.", CLAIM),
    EventType("claim.rejected", "the insurer does not pay.", CLAIM),
    EventType("claim.withdrawn", "a claim was withdrawn, for its refund was called back.", CLAIM),
    EventType("credit.spent", "a customer paid with store credit.", CUSTOMER | {
        "amount": MONEY, "currency": TEXT, "reference": TEXT,
    }),
    EventType("credit.expired", "store credit ran out.", CUSTOMER | {"amount": MONEY, "currency": TEXT}),
    EventType("credit.reverted", "store credit was taken back.", {
        "refund_id": ID, "amount": MONEY, "currency": TEXT,
    }),
    EventType("reconciliation.differs", "our books and a provider's differ.", {
        "reconciliation_id": ID, "found": COUNT, "new": COUNT,
    }),
    EventType("reconciliation.incomplete", "so many of the books could not be read; told once a day.", {
        "reconciliation_id": ID, "unread": COUNT,
    }),
    EventType("order.created", "the shop sent a new order.", {
        "store_id": TEXT, "total_amount": MONEY, "currency": TEXT,
    }),
    EventType("order.updated", "the shop changed an order, in these fields.", {"changed": NAMES}),
    EventType("order.disputed", "the payer's bank contests the payment.", {}),
    EventType("order.dispute_ended", "the payer's bank no longer contests the payment.", {}),
    EventType("customer.updated", "the shop changed what it says of a customer.", CUSTOMER),
    EventType("customer.erased", "a customer's personal data was erased.", CUSTOMER),
    EventType("webhook.disabled", "a webhook was switched off, for it was gone or did nothing but fail.", {
        "webhook_id": ID, "because": TEXT,
    }),
    EventType(TEST, "somebody wants to see a webhook arrive.", {"webhook_id": ID}),
)  # fmt: skip

TYPES: Mapping[str, EventType] = {each.name: each for each in _ALL}


def version_of(name: str) -> int:
    """In which the data of an event is written that is recorded now."""
    return TYPES[name].version if name in TYPES else 1


def data_of(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as others see it: its amounts, kept as text, are numbers with the currency's minor digits."""
    fields = TYPES[name].fields if name in TYPES else {}
    return {field: _shown(value, fields.get(field), data) for field, value in data.items()}


def _shown(value: Any, schema: JsonSchema | None, data: Mapping[str, Any]) -> Any:
    is_money = schema is not None and schema["type"] in (MONEY["type"], [MONEY["type"], "null"])
    return as_currency(Decimal(value), data["currency"]) if is_money and value is not None else value
