"""Store credit as a ledger: what is posted sums to zero, and the balance is the sum, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from common import clock
from common.errors import NotFound, PermissionDenied, ValidationFailed
from events.models import Event
from orders.actions.erase_customer import erase_customer
from refunds.actions.credit_expire import expire_credit
from refunds.actions.credit_spend import spend_credit
from refunds.errors import CreditReferenceReused, InsufficientCredit
from refunds.ledger import UnevenPosting, ensure_even, expires_at
from refunds.models import LedgerAccount, LedgerEntry, LedgerPosting
from tests import factories
from tests.refunds.cashier import ask
from tests.refunds.shop_credit import assert_the_books_are_right, credit_of, give, lots_of, spend
from tests.untouched import nothing_happens

JOB = Actor.system("expire-store-credit")


def assert_refused_at_commit(deed) -> None:
    @transaction.atomic
    def attempt() -> None:
        deed()
        connection.check_constraints()  # as the commit does

    with pytest.raises(IntegrityError):
        attempt()


class TestSpending:
    def test_it_is_taken_once_for_each_reference(self, alice, mina, shop):
        give(mina, "60", alice)
        first, is_new = spend(mina, "20.50", "ORDER-9", shop)
        again, is_new_again = spend(mina, "20.50", "ORDER-9", shop)
        assert (first, is_new, is_new_again) == (again, True, False)
        assert credit_of(mina).balance == Decimal("39.50")
        assert Event.objects.filter(name="credit.spent").count() == 1
        assert first.key_id == shop.key.pk
        assert_the_books_are_right()

    @pytest.mark.parametrize(("amount", "currency"), [("20.51", "USD"), ("20", "JPY")])
    def test_a_reference_is_not_used_for_another_debit(self, alice, mina, shop, amount, currency):
        give(mina, "60", alice)
        spend(mina, "20.50", "ORDER-9", shop)
        give(mina, "60", alice, currency="JPY")
        with nothing_happens(), pytest.raises(CreditReferenceReused) as refused:
            spend(mina, amount, "ORDER-9", shop, currency)
        assert refused.value.facts == {"amount": Decimal("20.50"), "currency": "USD"}
        assert credit_of(mina).balance == Decimal("39.50")

    def test_more_than_there_is_is_refused_as_a_whole(self, alice, mina, shop):
        give(mina, "60", alice)
        with nothing_happens(), pytest.raises(InsufficientCredit) as refused:
            spend(mina, "60.01", "ORDER-9", shop)
        assert refused.value.facts == {"available": Decimal("60.00"), "currency": "USD"}
        assert LedgerPosting.objects.filter(kind="debit").count() == 0
        assert credit_of(mina).balance == 60

    def test_credit_in_one_currency_pays_nothing_in_another(self, alice, mina, shop):
        give(mina, "60", alice)
        with pytest.raises(InsufficientCredit):
            spend(mina, "1.00", "ORDER-9", shop, "EUR")
        assert not LedgerAccount.objects.filter(currency="EUR").exists()

    @pytest.mark.parametrize(
        ("amount", "currency", "field"),
        [
            ("-60", "USD", "amount"), ("0", "USD", "amount"), ("NaN", "USD", "amount"), ("1e309", "USD", "amount"),
            ("Infinity", "USD", "amount"), ("33.333", "USD", "amount"), ("1.5", "JPY", "amount"),
            ("1.2555", "KWD", "amount"), ("1", "XXX", "currency"), ("1", "usd", "currency"),
        ],
    )  # fmt: skip
    def test_an_amount_that_cannot_be_is_refused(self, alice, mina, shop, amount, currency, field):
        give(mina, "60", alice)
        with nothing_happens(), pytest.raises(ValidationFailed) as refused:
            spend(mina, amount, "ORDER-9", shop, currency)
        assert refused.value.errors.keys() == {field}

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", "50"), ("KWD", "1.255"), ("USD", "33.33")])
    def test_each_currency_is_posted_in_its_own_digits(self, alice, mina, shop, currency, amount):
        refunds = [give(mina, amount, alice, currency=currency) for _ in range(3)]
        assert credit_of(mina, currency).balance == 3 * Decimal(amount) == sum(each.amount for each in refunds)
        spend(mina, str(3 * Decimal(amount)), "ALL", shop, currency)
        assert credit_of(mina, currency).balance == 0
        assert_the_books_are_right()

    def test_a_third_of_a_hundred_is_not_credited_three_times(self, alice, mina, as_):
        """Case 11: 3 times 33.333 is refused before it reaches the ledger."""
        issue = factories.IssueFactory(order=factories.OrderFactory(customer=mina))
        for _ in range(3):
            with nothing_happens(), pytest.raises(ValidationFailed):
                ask(issue, "33.333", "store_credit", actor=as_(alice))

    def test_a_person_needs_the_permission_whatever_the_key(self, alice, mina, max_, ada, as_):
        give(mina, "60", alice)
        for employee in (alice, max_):
            with nothing_happens(), pytest.raises(PermissionDenied):
                spend(mina, "1", "ORDER-9", as_(employee))
        spend(mina, "1", "ORDER-9", as_(ada))

    def test_a_customer_that_is_not_there(self, shop):
        with nothing_happens(), pytest.raises(NotFound):
            spend_credit("nobody", Decimal(1), "USD", "ORDER-9", actor=shop)


class TestExpiry:
    @pytest.mark.parametrize(
        ("months", "start", "end"),
        [
            (12, (2026, 3, 6), (2027, 3, 6)),
            (1, (2027, 1, 31), (2027, 2, 28)),
            (11, (2026, 3, 31), (2027, 2, 28)),
            (24, (2028, 2, 29), (2030, 2, 28)),
            (9, (2026, 3, 6), (2026, 12, 6)),
        ],
    )
    def test_it_expires_on_the_same_day_of_a_later_month(self, settings, months, start, end):
        settings.STORE_CREDIT_MONTHS = months
        assert expires_at(datetime(*start, tzinfo=UTC)) == datetime(*end, tzinfo=UTC)

    def test_without_the_setting_it_never_expires(self, alice, mina):
        give(mina, "60", alice)
        with clock.as_if_at(clock.now() + timedelta(days=20_000)):
            expire_credit(actor=JOB)
        assert credit_of(mina).balance == 60

    def test_what_expires_first_is_spent_first(self, alice, mina, shop, settings):
        give(mina, "10", alice)  # never
        settings.STORE_CREDIT_MONTHS = 12
        give(mina, "20", alice)
        settings.STORE_CREDIT_MONTHS = 6
        give(mina, "30", alice)
        spend(mina, "35", "ORDER-9", shop)
        assert lots_of(mina) == [10, 15, 0]
        spend(mina, "16", "ORDER-10", shop)
        assert lots_of(mina) == [9, 0, 0]
        assert_the_books_are_right()

    def test_what_is_over_goes_back_to_the_desk_once(self, alice, mina, shop, settings):
        settings.STORE_CREDIT_MONTHS = 1
        give(mina, "60", alice)
        spend(mina, "20", "ORDER-9", shop)
        with clock.as_if_at(clock.now() + timedelta(days=32)):
            expire_credit(actor=JOB)
            expire_credit(actor=JOB)
        assert credit_of(mina).balance == 0
        assert LedgerAccount.objects.of(None, "USD").balance == 0
        assert [each.data["amount"] for each in Event.objects.filter(name="credit.expired")] == ["40.000"]
        assert_the_books_are_right()

    def test_what_is_over_is_not_spent_before_the_job_has_come_by(self, alice, mina, shop, settings):
        settings.STORE_CREDIT_MONTHS = 1
        give(mina, "60", alice)
        with clock.as_if_at(clock.now() + timedelta(days=32)), pytest.raises(InsufficientCredit) as refused:
            spend(mina, "1", "ORDER-9", shop)
        assert refused.value.facts["available"] == 0


class TestTheGuards:
    def test_an_uneven_posting_is_refused_by_our_own_check(self, alice, mina):
        account = credit_of(mina)
        with pytest.raises(UnevenPosting):
            ensure_even([LedgerEntry(account=account, amount=Decimal("0.01"))])

    @pytest.mark.postgresql
    @pytest.mark.parametrize("amounts", [["10"], ["10", "-9.99"]])
    def test_an_uneven_posting_is_refused_by_the_database(self, alice, mina, amounts):
        account = credit_of(mina)
        posting = LedgerPosting.objects.create(account=account, kind="credit")

        def post() -> None:
            for amount in amounts:
                LedgerEntry.objects.create(posting=posting, account=account, amount=Decimal(amount))

        assert_refused_at_commit(post)

    @pytest.mark.postgresql
    def test_nor_can_an_even_one_be_bent_later(self, alice, mina):
        give(mina, "60", alice)
        entries = LedgerEntry.objects.filter(account__customer=mina)
        assert_refused_at_commit(lambda: entries.update(amount=1))
        assert_refused_at_commit(entries.delete)

    @settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 5000)), min_size=1, max_size=6))
    def test_the_books_are_right_after_any_mix_of_credits_and_debits(self, alice, shop, steps):
        customer = factories.CustomerFactory()
        expected = Decimal(0)
        for number, (gives, cents) in enumerate(steps):
            amount = Decimal(cents) / 100
            if gives:
                give(customer, str(amount), alice)
                expected += amount
            elif amount <= expected:
                spend(customer, str(amount), f"{customer.pk}-{number}", shop)
                expected -= amount
        assert credit_of(customer).balance == expected
        assert_the_books_are_right()


def test_after_an_erasure_the_ledger_stays(alice, mina, shop, ada, as_):
    refund = give(mina, "60", alice)
    spend(mina, "20", "ORDER-9", shop)
    erase_customer(mina.pk, actor=as_(ada))
    assert credit_of(mina).balance == 40
    assert refund.postings.get().account.customer.name == ""
    spend(mina, "40", "ORDER-10", shop)
    assert_the_books_are_right()
