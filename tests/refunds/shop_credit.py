"""Store credit for tests: given by a refund, spent by the shop, and its books held to themselves."""

from decimal import Decimal

from refunds.actions.credit_spend import spend_credit
from refunds.models import LedgerAccount, LedgerLot, LedgerPosting, Refund
from refunds.models import RefundStatus as S
from tests.refunds.cashier import pay, refund_of


def credit_of(customer, currency="USD") -> LedgerAccount:
    return LedgerAccount.objects.of(customer.pk, currency)


def give(customer, amount, by, **order) -> Refund:
    refund = refund_of(amount=amount, source="store_credit", by=by, customer=customer, **order)
    assert pay(refund) == S.SUCCEEDED
    return refund


def assert_the_books_are_right() -> None:
    """Every posting sums to zero, every balance is the sum of its entries, and every lot of its own."""
    for posting in LedgerPosting.objects.all():
        sums: dict[str, Decimal] = {}
        for entry in posting.entries.select_related("account"):
            sums[entry.account.currency] = sums.get(entry.account.currency, Decimal(0)) + entry.amount
        assert set(sums.values()) == {0}, posting
    for account in LedgerAccount.objects.all():
        assert account.balance == sum(account.entries.values_list("amount", flat=True), Decimal(0))
        lots = sum(account.lots.values_list("remaining", flat=True), Decimal(0))
        assert account.customer_id is None or account.balance == lots >= 0
    for lot in LedgerLot.objects.all():
        assert lot.remaining == sum(lot.entries.values_list("amount", flat=True), Decimal(0))


def spend(customer, amount, reference, actor, currency="USD"):
    return spend_credit(customer.pk, Decimal(amount), currency, reference, actor=actor)


def lots_of(customer) -> list[Decimal]:
    return [lot.remaining for lot in credit_of(customer).lots.order_by("pk")]
