"""Store credit: a posting in our own ledger, two entries that sum to zero."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from refunds import ledger
from refunds.models import LedgerAccount, LedgerPosting, PostingKind, Source
from refunds.providers.base import Answer, Outcome, Payment, PayRequest, Provider, ProviderRefund, ProviderRefused

OTHER_CUSTOMER = ProviderRefused(
    "other_customer", "The order no longer names the customer whom the credit was asked for"
)


class StoreCredit(Provider):
    def check(self, payment: Payment) -> None:
        if payment.customer_id is None:
            raise ProviderRefused("no_customer", "The order has no customer to credit")
        if payment.customer_changed:
            raise OTHER_CUSTOMER

    @transaction.atomic
    def refund(self, request: PayRequest, idempotency_key: str) -> Answer:
        """A refund is credited once, whatever the key: ``LedgerPosting`` is unique by refund and kind."""
        assert request.payment.customer_id is not None, "checked before the first call"
        account, counter = LedgerAccount.objects.lock_pair(request.payment.customer_id, request.currency)
        posting, is_new = LedgerPosting.objects.get_or_create(
            refund_id=request.refund_id, kind=PostingKind.CREDIT, defaults={"account": account}
        )
        if is_new:
            ledger.give(posting, request.amount, counter=counter)
        return _answer(posting)

    def find(self, request: PayRequest, idempotency_key: str) -> Answer | None:
        posting = LedgerPosting.objects.filter(refund=request.refund_id, kind=PostingKind.CREDIT).first()
        return _answer(posting) if posting else None

    @property
    def accounts(self) -> tuple[str, ...]:
        return (Source.STORE_CREDIT,)

    def refunds_since(self, account: str, since: datetime) -> Iterator[ProviderRefund]:
        postings = LedgerPosting.objects.filter(kind=PostingKind.CREDIT, created_at__gte=since)
        in_full = postings.select_related("account", "lot").prefetch_related("lot__entries__posting")
        for posting in in_full.order_by("created_at", "pk").iterator(chunk_size=1000):
            yield _credit(posting)


def _credit(posting: LedgerPosting) -> ProviderRefund:
    """What the posting gave, without what was taken back of it later."""
    assert posting.account is not None, "credit goes to somebody"
    return ProviderRefund(
        payment_reference="",
        amount=ledger.kept_of(posting) or posting.lot.amount,
        currency=posting.account.currency,
        made_at=posting.created_at,
        answer=_answer(posting),
        refund_id=posting.refund_id,
    )


def _answer(posting: LedgerPosting) -> Answer:
    """Credit that was taken back as a whole has returned; of a part, the refund has fallen to the rest."""
    outcome = Outcome.SUCCEEDED if ledger.kept_of(posting) else Outcome.RETURNED
    return Answer(outcome, reference=f"credit:{posting.pk}")
