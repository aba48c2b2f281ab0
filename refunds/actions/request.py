"""Ask for money back: the refund is stored and promised here, and paid later by a worker."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.conf import settings

from accounts.actor import Actor
from accounts.roles import START_REFUND
from common import clock
from common.money import as_currency
from orders.models import Order
from refunds.actions.move import tell
from refunds.allowance import ensure_refundable, is_within_limit, reserve
from refunds.destination import credit_for
from refunds.errors import PossibleDuplicateRefund, RefundFailed
from refunds.expected import expected_by
from refunds.models import Refund, RefundStatus, Source
from refunds.providers import payment_of, provider_name, provider_of
from refunds.providers.base import ProviderRefused


def request_refund(issue, amount: Decimal, source: str, *, actor: Actor) -> Refund:
    """A part of the use-case that changes ``issue``, which is locked with its order.

    Raises PermissionDenied, ValidationFailed, PossibleDuplicateRefund and RefundFailed, the first that applies.
    """
    assert actor.employee is not None, "the system asks for no refund"
    order = issue.order
    actor.ensure_may(START_REFUND)
    ensure_refundable(order, amount, source)
    counting = list(Refund.objects.counting_on(order.pk))
    if not actor.idempotency_key:
        ensure_not_a_repeat(issue, amount, source, counting)
    ensure_payable(order, amount, source)
    reserve(order, amount)
    refund = new_refund(issue, amount, source, needs_approval=not is_within_limit(amount, counting, actor=actor))
    refund.requested_by = actor.employee
    refund.requested_with = actor.key
    refund.save()
    queued = [f"refund.{refund.status}"] if refund.status == RefundStatus.QUEUED else []
    tell(refund, "refund.requested", *queued, actor=actor)
    return refund


def ensure_not_a_repeat(issue, amount: Decimal, source: str, counting: Iterable[Refund]) -> None:
    """A double click, or a retry whose caller sent no key, must not pay twice."""
    a_moment_ago = clock.now() - timedelta(minutes=settings.DUPLICATE_REFUND_MINUTES)
    for refund in counting:
        same = (refund.issue_id, refund.amount, refund.source) == (issue.pk, amount, source)
        if same and refund.created_at > a_moment_ago:
            raise PossibleDuplicateRefund(refund_id=str(refund.pk))


def ensure_payable(order: Order, amount: Decimal, source: str) -> None:
    """Refuse at once what is known to be unpayable."""
    payment = payment_of(order, source)
    try:
        provider_of(source, payment).check(payment)
    except ProviderRefused as refusal:
        raise RefundFailed(refund_amount=as_currency(amount, order.currency), reason=refusal.reason) from refusal


def new_refund(issue, amount: Decimal, source: str, *, needs_approval: bool) -> Refund:
    order, now = issue.order, clock.now()
    status = RefundStatus.AWAITING_APPROVAL if needs_approval else first_status(source)
    return Refund(
        order=order,
        issue=issue,
        amount=amount,
        currency=order.currency,
        source=source,
        payment_method=order.payment_method,
        provider=provider_name(source, payment_of(order)),
        credit_for_id=credit_for(order, source),
        status=status,
        expected_by=expected_by(source, order.payment_method, start=now),
        created_at=now,
        next_attempt_at=now if status == RefundStatus.QUEUED else None,
    )


def first_status(source: str) -> RefundStatus:
    """Where a refund that nobody needs to approve begins: the insurer decides before it pays."""
    return RefundStatus.AWAITING_CLAIM if source == Source.INSURANCE else RefundStatus.QUEUED
