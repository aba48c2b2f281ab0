"""Cash and corporate accounts: finance pays by hand and confirms it."""

from refunds.providers.base import Answer, Outcome, Payment, PayRequest, Provider


class Payout(Provider):
    """The list of what finance has to pay is the refunds that are pending here; nobody can be asked but people."""

    def check(self, payment: Payment) -> None:
        pass

    def refund(self, request: PayRequest, idempotency_key: str) -> Answer:
        return Answer(Outcome.PENDING, reference=f"payout:{request.refund_id}", ask_again=False)

    def find(self, request: PayRequest, idempotency_key: str) -> Answer | None:
        return self.refund(request, idempotency_key)
