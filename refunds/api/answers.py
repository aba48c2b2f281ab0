"""A refund as the API shows it."""

from typing import Any

from common.money import as_currency
from refunds.models import Refund


def refund_answer(refund: Refund) -> dict[str, Any]:
    """Contract 6. Reads ``requested_by`` and ``approved_by``: join them for more than one."""
    return {
        "id": str(refund.pk),
        "issue_id": str(refund.issue_id),
        "order_id": refund.order_id,
        "amount": as_currency(refund.amount, refund.currency),
        "currency": refund.currency,
        "source": refund.source,
        "payment_method": refund.payment_method,
        "status": refund.status,
        "provider": refund.provider,
        "provider_reference": refund.provider_reference or None,
        "failure_code": refund.failure_code or None,
        "failure_reason": refund.failure_reason or None,
        "requested_by": refund.requested_by.employee_id,
        "approved_by": refund.approved_by.employee_id if refund.approved_by else None,
        "expected_by": refund.expected_by,
        "created_at": refund.created_at,
        "completed_at": refund.completed_at,
    }
