"""Credits and debits of one customer, all at once, with real connections: the books are right, and why."""

from decimal import Decimal
from unittest import mock

import pytest
from django.db import IntegrityError

from accounts.actor import Actor
from accounts.models import ApiKey
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.credit_revert import revert_credit
from refunds.actions.credit_spend import spend_credit
from refunds.errors import CreditNotRevertible, InsufficientCredit, RefundNotReplaceable
from refunds.ledger import UnevenPosting
from refunds.models import LedgerAccount, LedgerPosting, Refund
from refunds.models.ledger import LedgerAccountQuerySet
from tests import factories
from tests.concurrency.together import all_at_once
from tests.refunds.cashier import pay, refund_of, reserved
from tests.refunds.shop_credit import assert_the_books_are_right, credit_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
RACERS = 64


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


@pytest.fixture
def shop():
    factories.key_for()
    return Actor(employee=None, via="api", key=ApiKey.objects.latest("pk"))


@pytest.fixture
def mina():
    return factories.CustomerFactory()


def credits_and_debits(customer, shop) -> list:
    """Ten credits of 5.10 stand; 32 more come while 32 debits of 3.30 go."""
    alice = factories.EmployeeFactory()
    refunds = [refund_of(amount="5.10", source="store_credit", by=alice, customer=customer) for _ in range(42)]
    for refund in refunds[32:]:
        pay(refund)

    def race(number):
        if number % 2:
            return pay(refunds[number // 2])
        return spend_credit(customer.pk, Decimal("3.30"), "USD", f"ORDER-{number}", actor=shop)

    return all_at_once(RACERS, race)


def test_64_credits_and_debits_at_once_leave_the_sum_of_the_postings(mina, shop):
    answers = credits_and_debits(mina, shop)
    spent = [answer for answer in answers[::2] if isinstance(answer, tuple)]
    refused = [answer for answer in answers[::2] if isinstance(answer, InsufficientCredit)]
    assert len(spent) + len(refused) == 32, [repr(answer) for answer in answers[::2]][:3]
    assert set(answers[1::2]) == {"succeeded"}
    assert credit_of(mina).balance == 42 * Decimal("5.10") - len(spent) * Decimal("3.30")
    assert_the_books_are_right()


def test_of_64_debits_for_the_last_money_as_many_go_through_as_it_pays(mina, shop):
    pay(refund_of(amount="100", source="store_credit", by=factories.EmployeeFactory(), customer=mina))
    answers = all_at_once(
        RACERS, lambda number: spend_credit(mina.pk, Decimal(30), "USD", f"ORDER-{number}", actor=shop)
    )
    assert len([answer for answer in answers if isinstance(answer, tuple)]) == 3
    assert len([answer for answer in answers if isinstance(answer, InsufficientCredit)]) == 61
    assert credit_of(mina).balance == 10
    assert_the_books_are_right()


@pytest.mark.postgresql
def test_control_without_the_lock_the_books_are_wrong(mina, shop):
    def look_without_lock(self, customer_id, currency):
        return self.of(customer_id, currency), self.of(None, currency)

    with mock.patch.object(LedgerAccountQuerySet, "lock_pair", look_without_lock):
        credits_and_debits(mina, shop)
    with pytest.raises((AssertionError, IntegrityError, UnevenPosting)):
        assert_the_books_are_right()


def test_64_times_the_same_debit_is_one(mina, shop):
    pay(refund_of(amount="60", source="store_credit", by=factories.EmployeeFactory(), customer=mina))
    answers = all_at_once(RACERS, lambda number: spend_credit(mina.pk, Decimal(1), "USD", "ORDER-9", actor=shop))
    assert sorted(is_new for _, is_new in answers) == [False] * 63 + [True]
    assert (credit_of(mina).balance, LedgerPosting.objects.filter(kind="debit").count()) == (59, 1)


def test_taking_back_and_spending_at_once_never_takes_the_same_money_twice(mina, shop):
    alice, max_ = factories.EmployeeFactory(), factories.EmployeeFactory(role="Manager")
    refund = refund_of(amount="60", source="store_credit", by=alice, customer=mina)
    pay(refund)

    def race(number):
        if number % 2:
            return spend_credit(mina.pk, Decimal(20), "USD", f"ORDER-{number}", actor=shop)
        return revert_credit(refund.pk, actor=Actor(employee=max_, via="api"))

    answers = all_at_once(8, race)
    reverted = [answer for answer in answers[::2] if isinstance(answer, tuple)]
    spent = [answer for answer in answers[1::2] if isinstance(answer, tuple)]
    allowed = (tuple, InsufficientCredit, CreditNotRevertible)
    assert all(isinstance(answer, allowed) for answer in answers), answers
    assert sum((taken for _, taken in reverted), Decimal(0)) + 20 * len(spent) == 60
    assert credit_of(mina).balance == 0
    assert_the_books_are_right()


def test_eight_times_credit_instead_at_once_is_one():
    alice = factories.EmployeeFactory()
    failed = refund_of("pay_decline", amount="30", by=alice)
    pay(failed)
    consent = Consent(given_by="Mina", given_at=failed.created_at, channel="phone")
    actor = Actor(employee=alice, via="api")
    answers = all_at_once(8, lambda number: credit_instead(failed.pk, consent=consent, actor=actor))
    assert len([answer for answer in answers if isinstance(answer, Refund)]) == 1
    assert len([answer for answer in answers if isinstance(answer, RefundNotReplaceable)]) == 7
    assert reserved(failed.order) == 30
    assert not LedgerAccount.objects.exists()
