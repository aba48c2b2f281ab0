"""Stripe as two others understood it: a check that we do not agree with our own payment server alone.

localstripe ignores keys and has no cap, so it shows that we never send twice by ourselves; stripe-stateful-mock keeps
keys and refuses what is too much, for charges.
"""

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers import PAYERS, payment_of
from refunds.providers.base import PayRequest
from refunds.providers.stripe import client_of
from tests.payment_server import others
from tests.refunds.cashier import pay, pay_to_the_end, refund_of
from tests.refunds.stripe_desk import reserved

NOWHERE = "http://127.0.0.1:9"
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}


@pytest.fixture(scope="module")
def localstripe():
    with others.localstripe() as url:
        yield url


@pytest.fixture(scope="module")
def stateful_mock():
    with others.stateful_mock() as url:
        yield url


def connect(settings, url: str) -> str:
    settings.STRIPE_KEYS = {"merchant": "sk_test_merchant", "platform": "sk_test_platform"}
    settings.STRIPE_API_BASE = url
    return url


def stripe_refund(reference: str, amount="60.00", *, by) -> Refund:
    return refund_of(reference, amount=amount, by=by, payment_provider="stripe")


def again(refund: Refund) -> Any:
    """The provider's answer to the first attempt, sent once more with its key."""
    request = PayRequest(refund.pk, refund.amount, "USD", "merchant", payment_of(refund.order, "merchant"))
    return PAYERS["stripe"].refund(request, f"{refund.pk}-1")


@pytest.mark.skipif(not others.has_localstripe(), reason="needs localstripe: make .venv/.stamp-test")
class TestLocalstripe:
    @pytest.fixture
    def url(self, settings, localstripe):
        return connect(settings, localstripe)

    @pytest.fixture
    def intent(self, url) -> str:
        client = client_of("merchant")
        method: Any = {"type": "card", "card": CARD}
        wanted: Any = {"amount": 10000, "currency": "usd", "confirm": True}
        wanted["payment_method"] = client.v1.payment_methods.create(method).id
        return client.v1.payment_intents.create(wanted).id

    def paid(self, intent: str) -> list[int]:
        wanted: Any = {"payment_intent": intent}
        return [refund.amount for refund in client_of("merchant").v1.refunds.list(wanted).data]

    def test_a_refund_that_is_worked_on_again_and_again_is_paid_once(self, alice, intent):
        refund = stripe_refund(intent, by=alice)
        for _ in range(5):
            assert pay(refund) == S.SUCCEEDED
        assert self.paid(intent) == [6000]

    def test_one_that_never_got_there_is_paid_by_a_new_attempt_once(self, alice, intent, settings, url):
        refund = stripe_refund(intent, by=alice)
        settings.STRIPE_API_BASE = NOWHERE
        assert pay(refund) == S.UNKNOWN
        settings.STRIPE_API_BASE = url
        Refund.objects.plan(refund.pk, clock.now() + timedelta(hours=25))
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert (self.paid(intent), refund.attempts.count()) == ([6000], 2)

    def test_one_whose_answer_was_lost_is_found_by_our_id(self, alice, intent, settings, url):
        refund = stripe_refund(intent, by=alice)
        settings.STRIPE_API_BASE = NOWHERE
        pay(refund)
        settings.STRIPE_API_BASE = url
        again(refund)  # it acted, and nobody wrote it down
        Refund.objects.plan(refund.pk, clock.now() + timedelta(hours=25))
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert (self.paid(intent), refund.attempts.count()) == ([6000], 1)

    def test_a_refund_is_read_by_its_reference(self, alice, intent):
        refund = stripe_refund(intent, by=alice)
        pay(refund)
        refund.refresh_from_db()
        found = PAYERS["stripe"].read("merchant", refund.provider_reference)
        assert (found.refund_id, found.amount, found.payment_reference) == (refund.pk, 60, intent)


@pytest.mark.skipif(
    not others.has_stateful_mock(), reason="needs stripe-stateful-mock: npm ci in tests/payment_server/npm"
)
class TestStatefulMock:
    @pytest.fixture(autouse=True)
    def url(self, settings, stateful_mock):
        return connect(settings, stateful_mock)

    def charge(self, token="tok_visa") -> str:
        wanted: Any = {"amount": 10000, "currency": "usd", "source": token}
        return client_of("merchant").v1.charges.create(wanted).id

    def refunded(self, charge: str) -> int:
        return client_of("merchant").v1.charges.retrieve(charge).amount_refunded

    def test_the_same_key_again_pays_nothing_more(self, alice):
        charge = self.charge()
        refund = stripe_refund(charge, by=alice)
        assert pay(refund) == S.SUCCEEDED
        refund.refresh_from_db()
        assert again(refund).reference == refund.provider_reference
        assert self.refunded(charge) == 6000

    def test_more_than_is_left_is_refused(self, alice):
        charge = self.charge()
        elsewhere: Any = {"charge": charge, "amount": 5000}
        client_of("merchant").v1.refunds.create(elsewhere)
        refund = stripe_refund(charge, by=alice)
        assert pay(refund) == S.FAILED
        assert (self.refunded(charge), reserved(refund)) == (5000, 0)

    @pytest.mark.parametrize(
        ("token", "amount", "code"), [("tok_createDispute", 0, "disputed"), ("tok_visa", 10000, "already_refunded")]
    )
    def test_what_can_not_be_refunded_says_why(self, alice, token, amount, code):
        charge = self.charge(token)
        if amount:
            elsewhere: Any = {"charge": charge, "amount": amount}
            client_of("merchant").v1.refunds.create(elsewhere)
        refund = stripe_refund(charge, by=alice)
        assert pay(refund) == S.FAILED
        refund.refresh_from_db()
        assert refund.failure_code == code
        assert self.refunded(charge) == amount

    def test_a_charge_that_is_not_there(self, alice):
        refund = stripe_refund("ch_nowhere", by=alice)
        assert pay(refund) == S.FAILED
        refund.refresh_from_db()
        assert refund.failure_code == "resource_missing"
