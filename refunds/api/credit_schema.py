"""What the API's schema says of store credit and of the insurer's events."""

from rest_framework import serializers

from common.api.openapi import PAGED, Amount, Done, Operation, Word, done
from refunds.api.serializers import DebitSerializer, InsteadSerializer, InsurerEvent
from refunds.models import PostingKind


class CreditLot(serializers.Serializer):
    amount = Amount()
    remaining = Amount()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class CreditBalance(serializers.Serializer):
    currency = serializers.CharField()
    balance = Amount(help_text="The sum of all entries.")
    available = Amount(help_text="Without what has expired.")
    lots = CreditLot(many=True)


class CreditEntry(serializers.Serializer):
    id = serializers.IntegerField()
    kind = Word(PostingKind.choices)
    amount = Amount()
    currency = serializers.CharField()
    refund_id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class CustomerCredit(serializers.Serializer):
    """The balances, and a page of the entries."""

    customer_id = serializers.CharField()
    balances = CreditBalance(many=True)
    results = CreditEntry(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class CreditDebit(serializers.Serializer):
    id = serializers.IntegerField()
    customer_id = serializers.CharField()
    amount = Amount()
    currency = serializers.CharField()
    reference = serializers.CharField()
    created_at = serializers.DateTimeField()


def operations(refund: type[serializers.Serializer]) -> dict[str, Operation]:
    replacement = type("Replacement", (refund,), {"replaces": serializers.UUIDField(), "__doc__": ""})
    return {
        "GET /customers/{customer_id}/store-credit": Operation(
            "get_store_credit", "What a customer has of store credit", {200: CustomerCredit}, query=PAGED
        ),
        "POST /customers/{customer_id}/store-credit/debits": Operation(
            "spend_store_credit",
            "Spend store credit, once for each reference",
            {201: done(CreditDebit), 200: done(CreditDebit)},
            body=DebitSerializer,
            refusals=("INSUFFICIENT_CREDIT", "CREDIT_REFERENCE_REUSED"),
            description="200 where the reference was spent before. What expires first is spent first.",
            body_example={"amount": "20.50", "currency": "USD", "reference": "ORDER-1002"},
        ),
        "POST /refunds/{refund_id}/credit-instead": Operation(
            "credit_instead",
            "Give store credit in place of a refund of money that failed",
            {201: done(replacement)},
            body=InsteadSerializer,
            acting_field="updated_by",
            refusals=("REFUND_NOT_REPLACEABLE", "REFUND_FAILED"),
            body_example={
                "updated_by": "EMP-0001",
                "consent": {"given_by": "The customer", "given_at": "2026-01-30T09:15:00Z", "channel": "phone"},
            },
        ),
        "POST /providers/insurance/events": Operation(
            "take_in_insurer_event",
            "For the insurer alone: something happened to a claim",
            {200: Done},
            body=InsurerEvent,
            description="Needs no key, but the header Redress-Signature.",
            body_example={"event_id": "evt_1", "claim_id": "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b21"},
        ),
    }
