"""The providers by name, and who pays a refund of which source."""

from orders.models import Order, PaymentMethod
from refunds.models import Refund, Source
from refunds.providers.base import Payment, Provider, ProviderRefused
from refunds.providers.insurance import Insurance
from refunds.providers.payout import Payout
from refunds.providers.sandbox import Sandbox
from refunds.providers.store_credit import StoreCredit
from refunds.providers.stripe import Stripe

PAYOUT = "payout"
PAID_BY_HAND = frozenset({PaymentMethod.CASH, PaymentMethod.CORPORATE_ACCOUNT})

# Those that pay back to how the order was paid.
PAYERS: dict[str, Provider] = {"sandbox": Sandbox(), "stripe": Stripe(), PAYOUT: Payout()}


def payer_of(payment: Payment) -> Provider:
    """Who pays back to ``payment``. Raises ``ProviderRefused`` for a provider that nobody knows."""
    name = payer_name(payment)
    if name not in PAYERS:
        raise ProviderRefused("unknown_provider", "The payment's provider is not known here")
    return PAYERS[name]


def payer_name(payment: Payment) -> str:
    """Finance for cash and corporate accounts, else the order's provider."""
    return PAYOUT if payment.method in PAID_BY_HAND else payment.provider


# Those that the source alone decides on.
BY_SOURCE: dict[str, Provider] = {
    Source.STORE_CREDIT: StoreCredit(),
    Source.INSURANCE: Insurance(payer=payer_of),
}


def provider_of(source: str, payment: Payment) -> Provider:
    """Who gets a refund from ``source``. Raises as ``payer_of``."""
    return BY_SOURCE[source] if source in BY_SOURCE else payer_of(payment)


def provider_name(source: str, payment: Payment) -> str:
    return source if source in BY_SOURCE else payer_name(payment)


def payment_of(order: Order, source: str = "") -> Payment:
    """``source``: of the refund, where there is one already."""
    return Payment(
        method=order.payment_method,
        provider=order.payment_provider,
        reference=order.payment_reference,
        disputed=order.payment_disputed,
        customer_id=order.customer_id,
        account=source,
    )


def is_paid_by_hand(refund: Refund) -> bool:
    """Whether only finance can say what became of it; the order may have been paid otherwise since."""
    return refund.source != Source.STORE_CREDIT and refund.payment_method in PAID_BY_HAND


def keeper_of(refund: Refund) -> str:
    """The name of the provider in whose books the refund stands: of a claim that was accepted, the payment's."""
    if refund.source != Source.INSURANCE:
        return refund.provider
    return PAYOUT if is_paid_by_hand(refund) else refund.order.payment_provider


def book_keepers() -> dict[str, Provider]:
    """Those with books of their own to hold ours against, by the names that ``keeper_of`` gives."""
    return {name: provider for name, provider in {**PAYERS, **BY_SOURCE}.items() if provider.accounts}
