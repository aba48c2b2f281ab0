"""Store credit in place of a refund of money that failed or came back, if the customer wants it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.actor import Actor, use_case
from accounts.roles import START_REFUND
from common import clock
from common.errors import FieldErrors, ValidationFailed
from refunds.actions.move import lock_refund, tell
from refunds.actions.paid_after_all import is_paid_after_all
from refunds.actions.request import ensure_payable, new_refund
from refunds.allowance import ensure_refundable, is_within_limit, reserve
from refunds.destination import has_other_currency
from refunds.errors import OTHER_CURRENCY, PAID_AFTER_ALL, RefundNotReplaceable
from refunds.models import ContactChannel, CreditConsent, Refund, RefundStatus, Source

REPLACEABLE = (RefundStatus.FAILED, RefundStatus.RETURNED)
CLOCKS_DIFFER = timedelta(minutes=5)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Consent:
    """Who said that credit will do, when, and through which channel."""

    given_by: str
    given_at: datetime
    channel: str


@use_case
def credit_instead(refund_id: UUID | str, *, consent: Consent, actor: Actor, note: str = "") -> Refund:
    """A new refund of the same amount as store credit, with limits and approval as if it were asked for now.

    Raises NotFound, RefundNotReplaceable, PermissionDenied, ValidationFailed and RefundFailed, the first that applies.
    """
    failed = lock_refund(refund_id, actor=actor)
    ensure_replaceable(failed)
    actor.ensure_may(START_REFUND)
    if errors := consent_errors(consent):
        raise ValidationFailed(errors)
    ensure_refundable(failed.order, failed.amount, Source.STORE_CREDIT)
    ensure_payable(failed.order, failed.amount, Source.STORE_CREDIT)
    refund = replace(failed, actor=actor, note=note)
    CreditConsent.objects.create(
        refund=refund,
        given_by=consent.given_by.strip(),
        given_at=consent.given_at,
        channel=consent.channel,
        recorded_by=actor.person,
    )
    # Where it takes an approval, the app above opens it when it hears of this.
    tell(refund, "refund.requested", f"refund.{refund.status}", actor=actor)
    return refund


def is_replaceable(refund: Refund) -> bool:
    return refund.status in REPLACEABLE and refund.source != Source.STORE_CREDIT and not is_replaced(refund)


def is_replaced(refund: Refund) -> bool:
    """Whether credit that counts stands in its place; then it must not be paid a second time."""
    return refund.replacements.counting().exists()


def ensure_replaceable(refund: Refund) -> None:
    if not is_replaceable(refund):
        raise RefundNotReplaceable(status=refund.status)
    if is_paid_after_all(refund):
        raise RefundNotReplaceable(PAID_AFTER_ALL, status=refund.status)
    if has_other_currency(refund):
        raise RefundNotReplaceable(OTHER_CURRENCY, status=refund.status)


def consent_errors(consent: Consent) -> FieldErrors:
    errors = {}
    if not 1 <= len(consent.given_by.strip()) <= LONGEST_NAME:
        errors["consent.given_by"] = ["Say who agreed to take credit."]
    if consent.given_at > clock.now() + CLOCKS_DIFFER:
        errors["consent.given_at"] = ["Must not be in the future."]
    if consent.channel not in ContactChannel.values:
        errors["consent.channel"] = [f"Must be one of: {', '.join(ContactChannel.values)}."]
    return errors


def replace(failed: Refund, *, actor: Actor, note: str) -> Refund:
    """The same amount again, promised on the locked order."""
    issue = failed.issue
    issue.order = failed.order
    counting = list(Refund.objects.counting_on(failed.order_id))
    needs_approval = not is_within_limit(failed.amount, counting, actor=actor)
    reserve(failed.order, failed.amount)
    refund = new_refund(issue, failed.amount, Source.STORE_CREDIT, needs_approval=needs_approval)
    refund.replaces = failed
    refund.requested_by = actor.person
    refund.requested_with = actor.key
    refund._change_reason = note or None
    refund.save()
    return refund
