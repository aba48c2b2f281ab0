"""Store credit: a ledger of two entries for each refund."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from refunds.actions import pay as pay_action
from refunds.models import LedgerAccount, LedgerEntry, LedgerPosting, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import WORKER, paid, pay, refund_of


def credit_of(customer, currency="USD") -> Decimal:
    return LedgerAccount.objects.of(customer.pk, currency).balance


def test_it_is_posted_at_once_and_no_provider_hears_of_it(alice):
    refund = refund_of(source="store_credit", by=alice)
    assert pay(refund) == S.SUCCEEDED
    assert credit_of(refund.order.customer) == 60
    assert paid(refund) == []
    refund.refresh_from_db()
    assert refund.provider_reference == f"credit:{refund.postings.get().pk}"


def test_every_posting_sums_to_zero_and_the_balance_is_the_sum(alice):
    customer = factories.CustomerFactory()
    for amount, currency in [("10", "USD"), ("20.50", "USD"), ("7", "JPY")]:
        pay(refund_of(amount=amount, source="store_credit", by=alice, customer=customer, currency=currency))
    assert {sum(entry.amount for entry in posting.entries.all()) for posting in LedgerPosting.objects.all()} == {0}
    assert (credit_of(customer), credit_of(customer, "JPY")) == (Decimal("30.50"), 7)
    for account in LedgerAccount.objects.all():
        assert account.entries.aggregate(total=Sum("amount"))["total"] == account.balance


def test_asked_twice_it_is_posted_once(alice):
    refund = refund_of(source="store_credit", by=alice)
    job = pay_action.take(Refund.objects.all(), actor=WORKER)
    assert pay_action.ask(job) == pay_action.ask(job)
    assert credit_of(refund.order.customer) == 60
    assert LedgerEntry.objects.count() == 2
    assert pay_action.look_up(job).reference == f"credit:{refund.postings.get().pk}"


def test_the_database_keeps_one_posting_and_no_debt(alice):
    refund = refund_of(source="store_credit", by=alice)
    pay(refund)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerPosting.objects.create(refund=refund, kind="credit")
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(customer__isnull=False).update(balance=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.create(customer=None, currency="USD")
