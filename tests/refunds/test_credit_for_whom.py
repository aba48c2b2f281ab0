"""Store credit is for the customer whom the order named when it was asked for, whoever the order names later."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from common import clock
from common.audit import broken_links
from common.errors import PermissionDenied
from events.deliver import deliver_due
from events.models import Delivery
from refunds.actions import pay as pay_action
from refunds.actions.approve import approve_refund
from refunds.actions.retry import retry_refund
from refunds.models import LedgerAccount, Refund
from refunds.models import RefundStatus as S
from refunds.providers.base import KEY_WINDOW
from tests import factories
from tests.refunds.cashier import WORKER, ask, pay, pay_to_the_end, put_again, refund_of, reserved
from tests.untouched import nothing_happens


def credit_of(customer) -> Decimal:
    return sum(LedgerAccount.objects.filter(customer=customer).values_list("balance", flat=True))


@pytest.fixture
def asked(alice, mina):
    """60 of 100, for Mina; a worker is about to pay it."""
    return refund_of(source="store_credit", by=alice, customer=mina)


@pytest.fixture
def jonathan(db):
    return factories.CustomerFactory(id="jonathan", name="Jonathan Harker")


def now_of(order, customer) -> None:
    put_again(order, customer={"id": customer.pk, "name": customer.name, "email": customer.email})


def ensure_nobody_got_it(refund) -> None:
    refund.refresh_from_db()
    assert (refund.status, refund.failure_code) == (S.FAILED, "other_customer")
    assert not LedgerAccount.objects.exclude(balance=0).exists()
    assert reserved(refund.order) == 0
    assert list(broken_links(refund)) == []


def test_an_order_that_is_put_on_another_customer_before_it_is_paid_credits_nobody(asked, jonathan):
    now_of(asked.order, jonathan)
    assert pay(asked) == S.FAILED
    ensure_nobody_got_it(asked)
    assert pay_to_the_end(asked) == S.FAILED
    ensure_nobody_got_it(asked)


def test_an_order_that_is_put_without_a_customer_credits_nobody(asked):
    put_again(asked.order, customer=None)
    assert pay(asked) == S.FAILED
    ensure_nobody_got_it(asked)


def test_an_approval_is_for_the_customer_of_then(alice, max_, as_, mina, jonathan):
    refund = refund_of(amount="6000", source="store_credit", by=alice, customer=mina, total_amount=9000)
    approve_refund(refund.pk, actor=as_(max_))
    now_of(refund.order, jonathan)
    assert pay(refund) == S.FAILED
    ensure_nobody_got_it(refund)


def test_who_asked_hears_why_and_neither_customer_of_the_others_money(asked, alice, jonathan):
    now_of(asked.order, jonathan)
    pay(asked)
    deliver_due()
    assert Delivery.objects.filter(employee=alice, kind="refund_failed", channel="in_product").count() == 1
    asked.refresh_from_db()
    assert asked.failure_reason == "The order no longer names the customer whom the credit was asked for"
    assert not [each for each in mail.outbox if jonathan.email in each.to or asked.order.customer.email in each.to]
    untold = Delivery.objects.filter(once_for=asked.pk, sent_at=None).values_list("last_error", flat=True)
    assert all("no longer names the customer" in error for error in untold)


def test_an_order_that_is_put_back_on_its_customer_credits_them(asked, mina, jonathan):
    now_of(asked.order, jonathan)
    now_of(asked.order, mina)
    assert pay(asked) == S.SUCCEEDED
    assert (credit_of(mina), credit_of(jonathan)) == (60, 0)


def test_what_was_paid_stays_where_it_went(asked, mina, jonathan):
    pay(asked)
    now_of(asked.order, jonathan)
    assert pay_to_the_end(asked) == S.SUCCEEDED
    assert (credit_of(mina), credit_of(jonathan)) == (60, 0)


def test_money_goes_to_the_payment_whoever_the_customer_is(alice, mina, jonathan):
    refund = refund_of(by=alice, customer=mina)
    now_of(refund.order, jonathan)
    assert pay(refund) == S.SUCCEEDED


class TestAWorkerThatDied:
    @pytest.mark.parametrize("had_paid", [True, False])
    def test_is_followed_by_one_that_credits_the_same_customer_once(self, asked, mina, jonathan, settings, had_paid):
        job = pay_action.take(Refund.objects.all(), actor=WORKER)
        if had_paid:
            pay_action.ask(job)
        now_of(asked.order, jonathan)
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS)):
            assert pay(asked) == S.SUCCEEDED
        assert (credit_of(mina), credit_of(jonathan)) == (60, 0)

    def test_and_was_missed_for_days_credits_nobody_by_a_new_try(self, asked, jonathan):
        pay_action.take(Refund.objects.all(), actor=WORKER)
        now_of(asked.order, jonathan)
        with clock.as_if_at(clock.now() + KEY_WINDOW):
            assert pay_to_the_end(asked) == S.FAILED
        assert asked.attempts.count() == 2
        ensure_nobody_got_it(asked)


class TestTriedAgain:
    def test_it_is_for_the_customer_of_today(self, asked, alice, as_, jonathan):
        now_of(asked.order, jonathan)
        pay(asked)
        retry_refund(asked.pk, actor=as_(alice))
        assert pay(asked) == S.SUCCEEDED
        assert credit_of(jonathan) == 60
        asked.refresh_from_db()
        assert list(broken_links(asked)) == []

    def test_and_for_nobody_else_again(self, asked, alice, as_, mina, jonathan):
        now_of(asked.order, jonathan)
        pay(asked)
        retry_refund(asked.pk, actor=as_(alice))
        now_of(asked.order, mina)
        assert pay(asked) == S.FAILED
        ensure_nobody_got_it(asked)

    def test_an_approval_no_longer_counts(self, alice, max_, as_, mina, jonathan):
        refund = refund_of(amount="6000", source="store_credit", by=alice, customer=mina, total_amount=9000)
        approve_refund(refund.pk, actor=as_(max_))
        now_of(refund.order, jonathan)
        pay(refund)
        with nothing_happens(), pytest.raises(PermissionDenied):
            retry_refund(refund.pk, actor=as_(alice))


class TestClocksDiffer:
    """Of two processes, by ten minutes either way: which came first is not read from their times."""

    def test_asked_by_one_that_is_ahead(self, alice, as_, mina, jonathan):
        order = factories.OrderFactory(customer=mina)
        issue = factories.IssueFactory(order=order)
        with clock.as_if_at(clock.now() + timedelta(minutes=10)):
            refund = ask(issue, source="store_credit", actor=as_(alice))
        now_of(order, jonathan)
        with clock.as_if_at(clock.now() + timedelta(minutes=10)):
            assert pay(refund) == S.FAILED
        ensure_nobody_got_it(refund)

    def test_asked_by_one_that_is_behind(self, alice, as_, mina, jonathan):
        order = factories.OrderFactory(customer=mina)
        now_of(order, jonathan)
        issue = factories.IssueFactory(order=order)
        with clock.as_if_at(clock.now() - timedelta(minutes=10)):
            refund = ask(issue, source="store_credit", actor=as_(alice))
        assert pay(refund) == S.SUCCEEDED
        assert (credit_of(mina), credit_of(jonathan)) == (0, 60)


class TestAskedForByAnOlderVersion:
    """Which did not write down for whom: the order's history says it."""

    @pytest.fixture
    def asked(self, asked):
        Refund.objects.filter(pk=asked.pk).update(credit_for=None)
        return asked

    def test_it_is_paid(self, asked, mina):
        assert pay(asked) == S.SUCCEEDED
        assert credit_of(mina) == 60

    def test_but_to_nobody_else(self, asked, jonathan):
        now_of(asked.order, jonathan)
        assert pay(asked) == S.FAILED
        assert not LedgerAccount.objects.exclude(balance=0).exists()
