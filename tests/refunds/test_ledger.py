"""Store credit as a ledger: what is posted sums to zero, and the balance is the sum, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.models import ApiKey
from common import clock
from common.errors import NotFound, PermissionDenied, ValidationFailed
from events.models import Event
from issues.story import story_of
from issues.timeline import entries_of
from orders.actions.erase_customer import erase_customer
from refunds.actions.credit_expire import expire_credit
from refunds.actions.credit_revert import revert_credit
from refunds.actions.credit_spend import spend_credit
from refunds.actions.retry import retry_refund
from refunds.errors import CreditNotRevertible, CreditReferenceReused, InsufficientCredit, RefundNotRetryable
from refunds.ledger import UnevenPosting, ensure_even, expires_at
from refunds.models import LedgerAccount, LedgerEntry, LedgerLot, LedgerPosting, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import ask, pay, refund_of, reserved
from tests.untouched import nothing_happens

JOB = Actor.system("expire-store-credit")


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


def assert_refused_at_commit(deed) -> None:
    @transaction.atomic
    def attempt() -> None:
        deed()
        connection.check_constraints()  # as the commit does

    with pytest.raises(IntegrityError):
        attempt()


@pytest.fixture
def mina(db):
    return factories.CustomerFactory(id="mina", name="Mina Harker")


@pytest.fixture
def shop(db):
    factories.key_for()
    return Actor(employee=None, via="api", key=ApiKey.objects.latest("pk"))


def spend(customer, amount, reference, actor, currency="USD"):
    return spend_credit(customer.pk, Decimal(amount), currency, reference, actor=actor)


def lots_of(customer) -> list[Decimal]:
    return [lot.remaining for lot in credit_of(customer).lots.order_by("pk")]


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


class TestTakingBack:
    def test_as_a_whole_the_refund_has_returned(self, alice, mina, max_, as_):
        refund = give(mina, "60", alice)
        _, taken = revert_credit(refund.pk, actor=as_(max_), note="Sent by mistake.")
        refund.refresh_from_db()
        assert (taken, refund.status, reserved(refund.order)) == (60, S.RETURNED, 0)
        assert credit_of(mina).balance == 0
        assert refund.history.latest().history_change_reason == "Sent by mistake."
        assert_the_books_are_right()

    def test_what_is_spent_stays_refunded(self, alice, mina, shop, max_, as_):
        refund = give(mina, "60", alice)
        spend(mina, "20", "ORDER-9", shop)
        _, taken = revert_credit(refund.pk, actor=as_(max_))
        refund.refresh_from_db()
        assert (taken, refund.status, refund.amount, reserved(refund.order)) == (40, S.SUCCEEDED, 20, 20)
        assert [row.amount for row in refund.history.order_by("history_id")][-1] == 20
        told = entries_of(refund.issue)[0][-1].data
        assert (told["before"], told["after"], told["amount"], told["previous_amount"]) == (*[S.SUCCEEDED] * 2, 20, 60)
        assert "falls to 20.00 USD" in story_of(refund.issue)[0][0].parts[-1].deed
        assert_the_books_are_right()

    def test_other_credit_of_the_customer_is_left_alone(self, alice, mina, shop, max_, as_):
        first, second = give(mina, "60", alice), give(mina, "30", alice)
        spend(mina, "60", "ORDER-9", shop)
        with nothing_happens(), pytest.raises(CreditNotRevertible):
            revert_credit(first.pk, actor=as_(max_))
        revert_credit(second.pk, actor=as_(max_))
        assert credit_of(mina).balance == 0

    def test_it_is_taken_back_once(self, alice, mina, shop, max_, as_):
        refund = give(mina, "60", alice)
        spend(mina, "20", "ORDER-9", shop)
        revert_credit(refund.pk, actor=as_(max_))
        with nothing_happens(), pytest.raises(CreditNotRevertible):
            revert_credit(refund.pk, actor=as_(max_))

    def test_what_was_taken_back_is_not_given_again_by_a_retry(self, alice, mina, max_, as_):
        refund = give(mina, "60", alice)
        revert_credit(refund.pk, actor=as_(max_))
        with nothing_happens(), pytest.raises(RefundNotRetryable):
            retry_refund(refund.pk, actor=as_(alice))
        assert ask(refund.issue, "60", "store_credit", actor=as_(alice)).status == S.QUEUED

    def test_money_is_not_taken_back_so(self, alice, max_, as_):
        refund = refund_of(by=alice)
        pay(refund)
        with nothing_happens(), pytest.raises(CreditNotRevertible):
            revert_credit(refund.pk, actor=as_(max_))

    @pytest.mark.parametrize("who", ["alice", "sofia"])
    def test_who_may_not_decide_takes_nothing(self, request, alice, mina, as_, who):
        refund = give(mina, "60", alice)
        with nothing_happens(), pytest.raises(PermissionDenied):
            revert_credit(refund.pk, actor=as_(request.getfixturevalue(who)))
        assert credit_of(mina).balance == 60


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
