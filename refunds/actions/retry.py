"""Try a refund that failed, or came back, once more."""

from typing import Any
from uuid import UUID

from accounts.actor import Actor, use_case
from accounts.roles import START_REFUND
from common.errors import PermissionDenied
from refunds.actions.claim import needs_claim
from refunds.actions.credit_instead import is_replaced
from refunds.actions.move import lock_refund, send_on_its_way
from refunds.actions.paid_after_all import is_paid_after_all
from refunds.actions.request import ensure_payable
from refunds.allowance import ensure_refundable, is_within_limit
from refunds.destination import credit_for, goes_elsewhere, has_other_currency
from refunds.errors import OTHER_CURRENCY, PAID_AFTER_ALL, RefundNotRetryable
from refunds.models import Refund, RefundStatus, Source
from refunds.providers import payment_of, provider_name

RETRYABLE = (RefundStatus.FAILED, RefundStatus.RETURNED)


@use_case
def retry_refund(refund_id: UUID | str, *, actor: Actor, note: str = "") -> Refund:
    """Its amount is promised again, and a new attempt pays it; a rejected claim is filed anew.

    Raises NotFound, RefundNotRetryable, PermissionDenied, ValidationFailed and RefundFailed, the first that applies.
    """
    refund = lock_refund(refund_id, actor=actor)
    if refund.status not in RETRYABLE or is_replaced(refund) or is_reverted(refund):
        raise RefundNotRetryable(status=refund.status)
    if is_paid_after_all(refund):
        raise RefundNotRetryable(PAID_AFTER_ALL, status=refund.status)
    if has_other_currency(refund):
        raise RefundNotRetryable(OTHER_CURRENCY, status=refund.status)
    actor.ensure_may(START_REFUND)
    changes = payment_of_today(refund)
    ensure_within_limit(refund, actor, is_approved=bool(refund.approved_by_id) and "approved_by" not in changes)
    ensure_refundable(refund.order, refund.amount, refund.source)
    ensure_payable(refund.order, refund.amount, refund.source)
    status = RefundStatus.AWAITING_CLAIM if needs_claim(refund) else RefundStatus.QUEUED
    send_on_its_way(refund, status, actor=actor, note=note, failure_code="", failure_reason="", **changes)
    return refund


def payment_of_today(refund: Refund) -> dict[str, Any]:
    """Columns of the refund; an approval was for the payment of then."""
    order = refund.order
    provider = provider_name(refund.source, payment_of(order))
    voids = {"approved_by": None} if goes_elsewhere(refund) else {}
    for_whom = credit_for(order, refund.source)
    return {"payment_method": order.payment_method, "provider": provider, "credit_for_id": for_whom, **voids}


def is_reverted(refund: Refund) -> bool:
    """Credit that was taken back is not given by the same refund again; its posting says that it was."""
    return refund.source == Source.STORE_CREDIT and refund.status == RefundStatus.RETURNED


def ensure_within_limit(refund: Refund, actor: Actor, *, is_approved: bool) -> None:
    """What was approved stays approved; anything else is measured as if it were asked for now."""
    counting = Refund.objects.counting_on(refund.order_id)
    allowed = is_approved or is_within_limit(refund.amount, counting, actor=actor, on_behalf_of=refund.requested_by_id)
    if not allowed:
        raise PermissionDenied("This is more than you may refund on the order.", required_permission=START_REFUND)
