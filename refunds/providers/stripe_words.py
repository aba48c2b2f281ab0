"""Stripe's words and numbers in ours: statuses, reasons of failure, refusals, minor units."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.money import minor_digits
from refunds.providers.base import Answer, Outcome, PayRequest, ProviderRefund, ProviderRefused, ProviderUnavailable

Row = Mapping[str, Any]

REFUND, ATTEMPT = "redress_refund", "redress_attempt"  # in the metadata

OUTCOMES = {
    "pending": Outcome.PENDING,
    "requires_action": Outcome.PENDING,
    "succeeded": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
}
REASONS = {
    "lost_or_stolen_card": "The card was reported lost or stolen",
    "expired_or_canceled_card": "The card has expired or was cancelled",
    "charge_for_pending_refund_disputed": "The customer disputed the payment while the refund was pending",
    "insufficient_funds": "The Stripe account had too little money for it",
    "declined": "The customer's bank declined it",
    "merchant_request": "It was called back at Stripe",
    "unknown": "Stripe does not say why it failed",
    "canceled": "It was cancelled at Stripe",
    "requires_action": "The customer must say where the money goes; Stripe has asked them",
}
REFUSALS = {
    "charge_disputed": ProviderRefused("disputed", "The payment is disputed"),
    "charge_already_refunded": ProviderRefused("already_refunded", "The payment was refunded in full elsewhere"),
}
NO_LONGER_DISPUTED = ("won", "prevented", "warning_")  # a warning is a bank's question: the money is still ours

# Where Stripe's minor unit is not ISO 4217's. The last digit of KWD and its like must be 0 there: Stripe refuses the
# others, and we do not round what somebody is owed.
STRIPE_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}


def answer_of(refund: Row) -> Answer:
    """Raises ``ProviderUnavailable`` for a status that nobody has described."""
    status = refund["status"]
    if status not in OUTCOMES:
        raise ProviderUnavailable(f"Stripe's status {status!r} is not known here")
    code = status if status in ("canceled", "requires_action") else ""
    if status == "failed":
        code = refund.get("failure_reason") or "unknown"
    return Answer(OUTCOMES[status], reference=refund["id"], code=code, reason=REASONS.get(code, code))


def refusal_of(refusal: ProviderRefused) -> ProviderRefused:
    return REFUSALS.get(refusal.code, refusal)


def refund_of(refund: Row) -> ProviderRefund:
    currency = refund["currency"].upper()
    intent, charge = refund.get("payment_intent") or "", refund.get("charge") or ""
    refund_id, attempt = _ours(refund.get("metadata") or {})
    return ProviderRefund(
        payment_reference=intent or charge,
        payment_alias=charge if intent else "",
        amount=Decimal(refund["amount"]).scaleb(-digits_of(currency)),
        currency=currency,
        made_at=datetime.fromtimestamp(refund["created"], UTC),
        answer=answer_of(refund),
        refund_id=refund_id,
        attempt=attempt,
    )


def is_try(refund: Row, request: PayRequest) -> bool:
    return _ours(refund.get("metadata") or {}) == (request.refund_id, request.attempt)


def is_open_dispute(dispute: Row) -> bool:
    """Lost ones too: the customer has the money."""
    return not dispute["status"].startswith(NO_LONGER_DISPUTED)


def minor_units(amount: Decimal, currency: str) -> int:
    """Raises ``ProviderRefused`` for a part of a unit that Stripe can't pay."""
    units = amount.scaleb(digits_of(currency))
    if units != int(units):
        raise ProviderRefused("amount_not_payable", f"Stripe can't pay {amount} {currency} exactly")
    return int(units)


def digits_of(currency: str) -> int:
    return STRIPE_DIGITS.get(currency, minor_digits(currency) or 0)


def _ours(metadata: Mapping[str, str]) -> tuple[UUID | None, int | None]:
    """Our refund and attempt; nothing, where somebody else wrote there."""
    try:
        return UUID(metadata[REFUND]), int(metadata[ATTEMPT])
    except (KeyError, ValueError):
        return None, None
