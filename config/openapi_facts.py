"""How drf-spectacular works for us; what every operation can refuse, and what a refusal looks like."""

from typing import Any

SETTINGS = {
    "TITLE": "Redress",
    "VERSION": "1",
    "DESCRIPTION": "The desk where a commerce team resolves what went wrong with an order.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # an update requires updated_by as well
    "POSTPROCESSING_HOOKS": ["config.openapi.tidy"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# By any operation.
ALWAYS = (
    "VALIDATION_ERROR", "MALFORMED_REQUEST", "NOT_AUTHENTICATED", "PERMISSION_DENIED", "NOT_ACCEPTABLE",
    "RATE_LIMITED", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE",
)  # fmt: skip

# By one that takes a body.
WITH_BODY = ("IDEMPOTENCY_IN_PROGRESS", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_REUSED")

# By one whose address names something.
NOT_FOUND = {
    "order_id": "ORDER_NOT_FOUND",
    "issue_id": "ISSUE_NOT_FOUND",
    "approval_id": "NOT_FOUND",
    "refund_id": "NOT_FOUND",
    "webhook_id": "NOT_FOUND",
    "delivery_id": "NOT_FOUND",
    "customer_id": "NOT_FOUND",
}

# The context of an error, as an example shows it.
FACTS: dict[str, dict[str, Any]] = {
    "VALIDATION_ERROR": {"errors": {"notes": ["This field may not be blank."]}},
    "PERMISSION_DENIED": {"required_permission": "issues.close_issue"},
    "INVALID_STATUS_TRANSITION": {
        "current_status": "open",
        "requested_status": "closed",
        "allowed_transitions": ["investigating", "escalated"],
    },
    "POSSIBLE_DUPLICATE_REFUND": {"refund_id": "018f3c1e-7f6a-7c11-b6a5-0f0d6f3a9b21"},
    "APPROVAL_ALREADY_DECIDED": {"status": "approved", "decided_by": "EMP-0007"},
    "STALE_ISSUE": {"version": 4},
    "REFUND_FAILED": {"refund_amount": 25.5, "reason": "Payment method no longer valid"},
    "INVALID_ATTACHMENT": {"invalid_urls": ["ftp://files.example/photo.jpg"]},
    "ORDER_HAS_REFUNDS": {"fields": ["currency"], "refunded_amount": 25.5},
    "ORDER_ITEM_IN_USE": {"item_ids": ["item-1"]},
    "WEBHOOK_DISABLED": {"because": "failing"},
    "GONE": {"oldest_cursor": "1042"},
    "REFUND_NOT_CANCELLABLE": {"status": "processing"},
    "REFUND_NOT_RETRYABLE": {"status": "succeeded"},
    "REFUND_NOT_REPLACEABLE": {"status": "succeeded"},
    "INSUFFICIENT_CREDIT": {"available": 12.5, "currency": "USD"},
    "CREDIT_REFERENCE_REUSED": {"amount": 20.5, "currency": "USD"},
}
