"""What a provider's own books say, to be held against ours."""

from datetime import timedelta
from decimal import Decimal

from common import clock
from refunds.providers import BY_SOURCE, PAYERS
from refunds.providers.base import Outcome
from tests.refunds.cashier import pay, refund_of

YESTERDAY = timedelta(days=1)


def test_the_sandbox_lists_the_refunds_of_each_account(alice):
    refund, platforms = refund_of(by=alice), refund_of(by=alice, source="platform")
    pay(refund)
    pay(platforms)
    (listed,) = PAYERS["sandbox"].refunds_since("merchant", clock.now() - YESTERDAY)
    assert (listed.refund_id, listed.attempt, listed.amount, listed.currency) == (refund.pk, 1, Decimal(60), "USD")
    assert (listed.payment_reference, listed.answer.outcome) == ("pay_ok_1", Outcome.SUCCEEDED)
    assert list(PAYERS["sandbox"].refunds_since("merchant", clock.now() + YESTERDAY)) == []


def test_the_sandbox_reads_a_refund_by_its_own_reference(alice):
    refund = refund_of(by=alice)
    pay(refund)
    refund.refresh_from_db()
    assert PAYERS["sandbox"].read("merchant", refund.provider_reference).refund_id == refund.pk
    assert PAYERS["sandbox"].read("platform", refund.provider_reference) is None


def test_the_ledger_lists_what_customers_were_credited(alice):
    refund = refund_of(by=alice, source="store_credit")
    pay(refund)
    (listed,) = BY_SOURCE["store_credit"].refunds_since("store_credit", clock.now() - YESTERDAY)
    assert (listed.refund_id, listed.amount, listed.currency) == (refund.pk, Decimal(60), "USD")


def test_finance_keeps_no_books_that_could_be_read():
    assert PAYERS["payout"].accounts == ()
