"""Refunds by Stripe over real HTTP, held against what the payment server says that it paid."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.checks import Error, Warning  # noqa: A004

from common import clock
from common.errors import ValidationFailed
from refunds.actions.retry import retry_refund
from refunds.checks import check_stripe
from refunds.errors import RefundFailed
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers import PAYERS
from refunds.providers.base import Outcome
from refunds.providers.stripe import client_of
from tests.refunds.cashier import ask, pay, pay_to_the_end
from tests.refunds.stripe_desk import connected, keys_sent, paid_by, reserved, stripe_refund
from tests.untouched import nothing_happens

NOT_CONNECTED = {"merchant": "", "platform": ""}


@pytest.fixture
def server(settings):
    with connected(settings) as server:
        yield server


def at_hand(refund: Refund) -> Refund:
    refund.refresh_from_db()
    return refund


@pytest.mark.parametrize("reference", ["pi_1", "ch_1"])
def test_a_payment_is_paid_back_once_and_carries_our_id(alice, server, reference):
    refund = stripe_refund(server, reference, by=alice)
    assert pay(refund) == S.SUCCEEDED
    assert pay(refund) == S.SUCCEEDED
    (effect,) = server.books.effects
    assert effect["metadata"] == {"redress_refund": str(refund.pk), "redress_attempt": "1"}
    assert (effect["amount"], effect["idempotency_key"]) == (6000, f"{refund.pk}-1")
    assert at_hand(refund).provider_reference == effect["refund"]


def test_merchant_platform_and_accepted_claims_are_paid_with_the_right_key(alice, server):
    for source in ("merchant", "platform"):
        pay(stripe_refund(server, f"pi_{source}", source=source, by=alice))
    assert [effect["account"] for effect in server.books.effects] == ["sk_test_merchant", "sk_test_platform"]


@pytest.mark.parametrize(
    ("currency", "total", "amount", "units"),
    [
        ("USD", "100.00", "60.00", 6000),
        ("JPY", "500", "500", 500),
        ("KWD", "2.000", "1.255", 1255),
        ("ISK", "900", "900", 90000),
        ("MGA", "900.00", "900.00", 900),
    ],
)
def test_amounts_are_sent_in_the_minor_units_of_stripe(max_, server, currency, total, amount, units):
    refund = stripe_refund(server, amount=amount, paid=90000, by=max_, currency=currency, total_amount=Decimal(total))
    pay(refund)
    assert paid_by(server, refund) == [units]
    (listed,) = PAYERS["stripe"].refunds_since("merchant", clock.now() - timedelta(days=1))
    assert (listed.amount, listed.currency) == (Decimal(amount), currency)


def test_a_part_of_a_unit_that_stripe_can_not_pay_is_refused_and_not_rounded(alice, server):
    refund = stripe_refund(server, amount="1.20", by=alice, currency="MGA", total_amount=Decimal(9))
    assert pay(refund) == S.FAILED
    assert at_hand(refund).failure_code == "amount_not_payable"
    assert keys_sent(server) == []


@pytest.mark.parametrize(
    ("step", "end", "code"),
    [
        ("pending", S.PENDING, ""),
        ("requires_action", S.PENDING, ""),
        ("decline", S.FAILED, "unknown"),
        ("refuse", S.FAILED, "refund_refused"),
    ],
)
def test_a_definite_answer_is_believed(alice, server, step, end, code):
    server.books.script("pi_1", [step])
    refund = stripe_refund(server, by=alice)
    assert pay(refund) == end
    assert at_hand(refund).failure_code == code
    assert paid_by(server, refund) == []
    assert reserved(refund) == (0 if end == S.FAILED else 60)


class TestWhatIsNotKnown:
    """Cases 2, 3 and 10: unknown keeps the order's part, one key ever, and the provider pays the amount."""

    @pytest.mark.parametrize("step", ["drop", "drop_before", "garbage", "busy", "conflict"])
    def test_it_is_asked_again_with_the_same_key_and_paid_once(self, alice, server, step):
        server.books.script("pi_1", [step])
        refund = stripe_refund(server, by=alice)
        assert pay(refund) == S.UNKNOWN
        assert reserved(refund) == 60
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [6000]
        assert set(keys_sent(server)) == {f"{refund.pk}-1"}

    def test_an_answer_that_comes_too_late_is_unknown(self, alice, server, settings):
        settings.REFUND_HTTP_TIMEOUT = 0.4
        server.books.set_latency(0.6)
        server.books.script("pi_1", ["slow"])
        refund = stripe_refund(server, by=alice)
        assert pay(refund) == S.UNKNOWN
        server.books.set_latency(0)
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [6000]

    def test_a_stored_error_is_answered_again_and_again_and_then_looked_up(self, alice, server):
        """Stripe keeps a 500 with the key: only the look-up, after the key's day, tells that it was paid."""
        server.books.script("pi_1", ["error"])
        refund = stripe_refund(server, by=alice)
        for _ in range(3):
            assert pay(refund) == S.UNKNOWN
            Refund.objects.plan(refund.pk, clock.now())
        with clock.as_if_at(clock.now() + timedelta(hours=25)):
            assert pay(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [6000]
        assert len(keys_sent(server)) == 3

    @pytest.mark.parametrize("later", [timedelta(hours=25), timedelta(days=10)])
    def test_an_old_key_is_never_sent_and_what_was_never_there_gets_a_new_attempt(self, alice, server, later):
        """Case 4: absent twice, an hour apart; until then nothing moves."""
        server.books.script("pi_1", ["error_before"])
        refund = stripe_refund(server, by=alice)
        pay(refund)
        start = clock.now() + later
        server.books.forward(later.total_seconds())
        Refund.objects.plan(refund.pk, start)
        with clock.as_if_at(start):
            assert pay(refund) == S.UNKNOWN
        assert keys_sent(server) == [f"{refund.pk}-1"]
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert keys_sent(server) == [f"{refund.pk}-1", f"{refund.pk}-2"]
        assert paid_by(server, refund) == [6000]

    def test_the_same_key_with_another_body_is_unknown_and_never_failed(self, alice, server):
        refund = stripe_refund(server, by=alice)
        another_body: Any = {"charge": "ch_1", "amount": 1}
        client_of("merchant").v1.refunds.create(another_body, {"idempotency_key": f"{refund.pk}-1"})
        assert pay(refund) == S.UNKNOWN
        assert reserved(refund) == 60

    def test_a_key_that_is_gone_says_nothing_of_an_earlier_call(self, alice, server, settings):
        server.books.script("pi_1", ["drop"])
        refund = stripe_refund(server, by=alice)
        pay(refund)
        connected_keys, settings.STRIPE_KEYS = settings.STRIPE_KEYS, NOT_CONNECTED
        Refund.objects.plan(refund.pk, clock.now())
        assert pay(refund) == S.UNKNOWN
        settings.STRIPE_KEYS = connected_keys
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [6000]

    def test_what_is_promised_can_not_be_asked_for_again(self, alice, server, as_):
        server.books.script("pi_1", ["drop"])
        refund = stripe_refund(server, by=alice)
        pay(refund)
        with nothing_happens(), pytest.raises(ValidationFailed):
            ask(refund.issue, actor=as_(alice))


class TestAlreadyRefunded:
    def test_by_us_in_a_call_whose_answer_was_lost(self, alice, server):
        """The day's key is gone at Stripe, ours is not yet: the list of the payment tells."""
        server.books.script("pi_1", ["drop"])
        refund = stripe_refund(server, amount="100.00", by=alice)
        pay(refund)
        server.books.forward(25 * 3600)
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [10000]

    def test_by_somebody_else(self, alice, server):
        refund = stripe_refund(server, by=alice)
        server.books.refund("pi_1", None)
        assert pay(refund) == S.FAILED
        assert at_hand(refund).failure_code == "already_refunded"
        assert paid_by(server, refund) == []

    def test_in_part_by_somebody_else(self, alice, server):
        refund = stripe_refund(server, by=alice)
        server.books.refund("pi_1", 5000)
        assert pay(refund) == S.FAILED
        assert reserved(refund) == 0


class TestDisputes:
    """Case 12: what the order knows is refused at once; what only Stripe knows yet, by Stripe."""

    def test_a_dispute_that_stripe_knows_of(self, alice, server):
        refund = stripe_refund(server, by=alice)
        server.books.dispute("pi_1")
        assert pay(refund) == S.FAILED
        assert (at_hand(refund).failure_code, paid_by(server, refund)) == ("disputed", [])

    def test_when_it_is_won_the_refund_can_be_tried_again(self, alice, server, as_):
        refund = stripe_refund(server, by=alice)
        dispute = server.books.dispute("pi_1")
        pay(refund)
        server.books.close_dispute(dispute["id"], "won")
        retry_refund(refund.pk, actor=as_(alice))
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert paid_by(server, refund) == [6000]
        assert keys_sent(server) == [f"{refund.pk}-1", f"{refund.pk}-2"]

    @pytest.mark.parametrize(
        ("status", "is_disputed"),
        [("needs_response", True), ("under_review", True), ("lost", True), ("won", False), ("warning_closed", False)],
    )
    def test_the_state_of_a_dispute(self, server, status, is_disputed):
        server.books.add_payment("pi_1")
        server.books.dispute("pi_1", status)
        assert PAYERS["stripe"].is_disputed("merchant", "pi_1") == is_disputed
        assert PAYERS["stripe"].is_disputed("merchant", "ch_1") == is_disputed


class TestRefusedAtOnce:
    """Nobody is asked: the check runs inside the transaction of the update."""

    @pytest.mark.parametrize(
        ("more", "keys"),
        [
            ({}, {"merchant": "", "platform": "sk_test"}),
            ({"payment_disputed": True}, None),
        ],
    )
    def test_what_is_known_to_be_unpayable(self, alice, server, settings, more, keys):
        settings.STRIPE_KEYS = keys or settings.STRIPE_KEYS
        with pytest.raises(RefundFailed):
            stripe_refund(server, by=alice, **more)
        assert server.books.calls == []

    def test_a_reference_that_is_no_payment_of_stripe(self, alice, server):
        with pytest.raises(RefundFailed):
            stripe_refund(server, "cus_1", by=alice)


def test_a_try_is_found_among_many_refunds_of_its_payment(alice, server):
    """More than a page, and others' metadata that is no id of ours."""
    refund = stripe_refund(server, by=alice)
    server.books.script("pi_1", ["error"])
    pay(refund)
    for number in range(120):
        server.books.refund("pi_1", 1, metadata={"redress_refund": f"theirs {number}"})
    with clock.as_if_at(clock.now() + timedelta(hours=25)):
        Refund.objects.plan(refund.pk, clock.now())
        assert pay(refund) == S.SUCCEEDED


def test_the_books_can_be_read(alice, server):
    refund = stripe_refund(server, by=alice)
    pay(refund)
    provider, reference = PAYERS["stripe"], at_hand(refund).provider_reference
    found = provider.read("merchant", reference)
    assert (found.refund_id, found.attempt, found.answer.outcome) == (refund.pk, 1, Outcome.SUCCEEDED)
    assert (found.payment_reference, found.payment_alias) == ("pi_1", "ch_1")
    assert provider.read("merchant", "re_nowhere") is None
    assert provider.read("platform", reference) is None
    assert provider.accounts == ("merchant", "platform")


@pytest.mark.parametrize(
    ("base", "kinds"),
    [("https://api.stripe.com", []), ("http://127.0.0.1:12111", []), ("http://payments.example", [Error])],
)
def test_keys_are_sent_over_https_alone(settings, base, kinds):
    settings.STRIPE_API_BASE = base
    assert [type(message) for message in check_stripe()] == kinds


def test_an_account_without_a_secret_for_its_events_is_warned_of(settings):
    settings.STRIPE_KEYS = {"merchant": "sk_live", "platform": ""}
    assert [type(message) for message in check_stripe()] == [Warning]
