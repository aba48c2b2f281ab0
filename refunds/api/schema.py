"""What the API's schema says of refunds."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api.openapi import PAGED, Amount, Done, Operation, WithFacts, Word, done, page_of, several_of
from refunds.api.credit_schema import operations as of_credit
from refunds.api.report_schema import OPERATIONS as OF_REPORTS
from refunds.api.serializers import StepSerializer
from refunds.models import RefundStatus, Source

EXAMPLE = {
    "id": "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b21",
    "issue_id": "018f3c1e-6b1d-7d0e-9d55-2f6a1c9e4b10",
    "order_id": "ORDER-1001",
    "amount": 25.5,
    "currency": "USD",
    "source": "merchant",
    "payment_method": "card",
    "status": "queued",
    "provider": "sandbox",
    "provider_reference": None,
    "failure_code": None,
    "failure_reason": None,
    "requested_by": "EMP-0001",
    "approved_by": None,
    "expected_by": "2026-02-13",
    "created_at": "2026-01-30T09:15:00Z",
    "completed_at": None,
}


class Refund(serializers.Serializer):
    id = serializers.UUIDField()
    issue_id = serializers.UUIDField()
    order_id = serializers.CharField()
    amount = Amount()
    currency = serializers.CharField()
    source = Word(Source.choices)  # type: ignore[assignment]
    payment_method = serializers.CharField()
    status = Word(RefundStatus.choices)
    provider = serializers.CharField()
    provider_reference = serializers.CharField(allow_null=True)
    failure_code = serializers.CharField(allow_null=True)
    failure_reason = serializers.CharField(allow_null=True)
    requested_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    expected_by = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


def _step(name: str, summary: str, *refusals: str) -> Operation:
    return Operation(
        name,
        summary,
        {200: done(Refund)},
        body=StepSerializer,
        acting_field="updated_by",
        refusals=refusals,
        body_example={"updated_by": "EMP-0001", "note": "The customer changed their mind."},
    )


class ProviderEvent(WithFacts):
    """As the provider writes it; only what it is about is read, and the rest asked of the provider."""

    id = serializers.CharField()
    type = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]


OPERATIONS = {
    "GET /refunds": Operation(
        "list_refunds",
        "Refunds, newest first",
        {200: page_of(Refund)},
        query=(
            several_of("status", RefundStatus.values),
            several_of("source", Source.values),
            OpenApiParameter("order_id", str, description="Of these orders, several by comma."),
            *PAGED,
        ),
    ),
    "GET /refunds/{refund_id}": Operation("get_refund", "A refund", {200: Refund}, answer_example=EXAMPLE),
    "POST /refunds/{refund_id}/cancel": _step(
        "cancel_refund", "Call a refund back before the provider has it", "REFUND_NOT_CANCELLABLE"
    ),
    "POST /refunds/{refund_id}/retry": _step(
        "retry_refund", "Try a failed refund again", "REFUND_NOT_RETRYABLE", "REFUND_FAILED"
    ),
    "POST /providers/stripe/events": Operation(
        "take_in_stripe_event",
        "For Stripe alone: something happened to a refund or a dispute",
        {200: Done},
        body=ProviderEvent,
        description="Needs no key, but the header Stripe-Signature, with the secret of one of the connected accounts.",
        body_example={"id": "evt_1", "type": "refund.updated", "data": {"object": {"id": "re_1", "object": "refund"}}},
    ),
    **of_credit(Refund),
    **OF_REPORTS,
}
