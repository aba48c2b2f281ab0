"""The insurer's money: paid back like the payment itself, once the claim is accepted."""

from collections.abc import Callable

from refunds.providers.base import Answer, Payment, PayRequest, Provider


class Insurance(Provider):
    """``payer`` finds who pays back to a payment. The claim is the refund's state ``awaiting_claim``."""

    def __init__(self, payer: Callable[[Payment], Provider]) -> None:
        self.payer = payer

    def check(self, payment: Payment) -> None:
        self.payer(payment).check(payment)

    def refund(self, request: PayRequest, idempotency_key: str) -> Answer:
        return self.payer(request.payment).refund(request, idempotency_key)

    def find(self, request: PayRequest, idempotency_key: str) -> Answer | None:
        return self.payer(request.payment).find(request, idempotency_key)
