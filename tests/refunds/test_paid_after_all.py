"""A person gives a lost answer up as failed, and then Stripe says that it has paid: the money goes out once."""

import pytest
from django.urls import reverse

from accounts.actor import use_case
from common import clock
from refunds.actions.claim import accept_claim
from refunds.actions.confirm import confirm_refund
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.move import lock_refund, move
from refunds.actions.pay import ask
from refunds.actions.retry import retry_refund
from refunds.actions.settle import hear as hear_answer
from refunds.actions.settle import settle
from refunds.actions.take import take
from refunds.errors import PAID_AFTER_ALL, RefundNotReplaceable, RefundNotRetryable
from refunds.models import ProviderEvent, Refund
from refunds.models import RefundStatus as S
from refunds.providers.base import Answer, Outcome
from tests.refunds.cashier import WORKER, paid, pay, pay_to_the_end, put_again, status_of
from tests.refunds.stripe_desk import connected, keys_sent, paid_by, reserved, stripe_refund
from tests.refunds.stripe_events import HEARER, hear, news
from tests.untouched import nothing_happens


@pytest.fixture
def server(settings):
    with connected(settings) as server:
        yield server


@pytest.fixture
def given_up(alice, max_, as_, server):
    """Paid, its answer lost, and then failed by a manager's word."""
    server.books.script("pi_1", ["drop"])
    refund = stripe_refund(server, by=alice)
    assert pay(refund) == S.UNKNOWN
    give_up(refund, actor=WORKER)
    confirm_refund(refund.pk, S.FAILED, actor=as_(max_))
    assert reserved(refund) == 0
    return refund


@use_case
def give_up(refund, *, actor) -> None:
    move(lock_refund(refund.pk, actor=actor), S.NEEDS_REVIEW, actor=actor)


def test_told_before_the_new_try_the_new_try_is_not_made(given_up, server, alice, as_):
    retry_refund(given_up.pk, actor=as_(alice))
    hear(*news(server))
    assert pay_to_the_end(given_up) == S.SUCCEEDED
    assert paid_by(server, given_up) == [6000]
    assert len(keys_sent(server)) == 1
    assert reserved(given_up) == 60


def test_told_before_anybody_tries_again_more_money_is_refused(given_up, server, alice, as_):
    hear(*news(server))
    consent = Consent(given_by="Mina", given_at=clock.now(), channel="phone")
    with nothing_happens():
        with pytest.raises(RefundNotRetryable, match="has paid"):
            retry_refund(given_up.pk, actor=as_(alice))
        with pytest.raises(RefundNotReplaceable, match="has paid"):
            credit_instead(given_up.pk, consent=consent, actor=as_(alice))
    assert paid_by(server, given_up) == [6000]


OTHER_PAYMENTS = [
    {"method": "cash"},
    {"method": "online", "provider": "sandbox", "reference": "pay_ok_1"},
    {"method": "card", "provider": "stripe", "reference": "pi_2"},
]


@pytest.mark.parametrize("payment", OTHER_PAYMENTS)
@pytest.mark.parametrize("source", ["merchant", "insurance"])
class TestTheOrderIsPaidOtherwiseMeanwhile:
    @pytest.fixture
    def given_up(self, alice, max_, as_, server, source):
        server.books.script("pi_1", ["drop"])
        refund = stripe_refund(server, source=source, by=alice)
        if source == "insurance":
            accept_claim(refund.pk, actor=WORKER)
        assert pay(refund) == S.UNKNOWN
        give_up(refund, actor=WORKER)
        confirm_refund(refund.pk, S.FAILED, actor=as_(max_))
        return refund

    def ensure_refused(self, refund, actor):
        consent = Consent(given_by="Mina", given_at=clock.now(), channel="phone")
        with nothing_happens():
            with pytest.raises(RefundNotRetryable, match="has paid"):
                retry_refund(refund.pk, actor=actor)
            with pytest.raises(RefundNotReplaceable, match="has paid"):
                credit_instead(refund.pk, consent=consent, actor=actor)

    def test_what_was_told_before_still_counts(self, given_up, server, alice, as_, payment):
        hear(*news(server))
        put_again(given_up.order, payment=payment)
        self.ensure_refused(given_up, as_(alice))
        assert paid_by(server, given_up) == [6000]

    def test_what_is_told_after_it_is_heard(self, given_up, server, alice, as_, payment):
        put_again(given_up.order, payment=payment)
        hear(*news(server))
        assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {ProviderEvent.Outcome.APPLIED}
        self.ensure_refused(given_up, as_(alice))
        assert paid_by(server, given_up) == [6000]

    def test_told_before_the_new_try_the_new_try_is_not_made(self, given_up, server, alice, as_, payment):
        put_again(given_up.order, payment=payment)
        retry_refund(given_up.pk, actor=as_(alice))
        hear(*news(server))
        assert pay_to_the_end(given_up) == S.SUCCEEDED
        assert (paid_by(server, given_up), paid(given_up), reserved(given_up)) == ([6000], [], 60)


def test_what_was_paid_and_came_back_is_paid_again(alice, as_, server):
    refund = stripe_refund(server, by=alice)
    pay(refund)
    paid_event = news(server)
    refund.refresh_from_db()
    server.books.settle(refund.provider_reference, "failed")
    hear(*paid_event, *news(server))
    assert status_of(refund) == S.RETURNED
    retry_refund(refund.pk, actor=as_(alice))
    hear(*[event | {"id": f"{event['id']}_again"} for event in paid_event])
    assert pay_to_the_end(refund) == S.SUCCEEDED
    assert paid_by(server, refund) == [6000, -6000, 6000]


@pytest.fixture
def pending(alice, server):
    """Stripe has it, and has not said yet what becomes of it."""
    server.books.script("pi_1", ["pending"])
    refund = stripe_refund(server, by=alice)
    assert pay(refund) == S.PENDING
    refund.refresh_from_db()
    return refund


def hear_late(refund, outcome):
    """What another worker has read from Stripe earlier, and writes down now."""
    hear_answer(refund.attempts.get(), Answer(outcome, reference=refund.provider_reference), actor=HEARER)


def fail(refund, server):
    server.books.settle(refund.provider_reference, "failed", "expired_or_canceled_card")
    hear(*news(server))
    assert status_of(refund) == S.FAILED


def test_that_it_was_pending_before_it_failed_keeps_nobody_from_trying_again(pending, server, alice, as_):
    fail(pending, server)
    with nothing_happens():
        hear_late(pending, Outcome.PENDING)
    retry_refund(pending.pk, actor=as_(alice))
    assert pay_to_the_end(pending) == S.SUCCEEDED
    assert sum(paid_by(server, pending)) == 6000
    assert reserved(pending) == 60


def test_nor_from_giving_credit_instead(pending, server, alice, as_):
    fail(pending, server)
    hear_late(pending, Outcome.PENDING)
    consent = Consent(given_by="Mina", given_at=clock.now(), channel="phone")
    assert pay(credit_instead(pending.pk, consent=consent, actor=as_(alice))) == S.SUCCEEDED


def test_nor_when_it_is_the_word_of_the_worker_that_paid(alice, server, as_):
    server.books.script("pi_1", ["pending"])
    refund = stripe_refund(server, by=alice)
    job = take(Refund.objects.filter(pk=refund.pk), actor=WORKER)
    answer = ask(job)
    assert answer.outcome == Outcome.PENDING
    server.books.settle(answer.reference, "failed")
    hear(*news(server))
    with nothing_happens():
        settle(job, answer, actor=WORKER)
    retry_refund(refund.pk, actor=as_(alice))
    assert pay_to_the_end(refund) == S.SUCCEEDED


def test_but_that_it_succeeded_does(pending, server, alice, as_):
    fail(pending, server)
    hear_late(pending, Outcome.SUCCEEDED)
    hear_late(pending, Outcome.PENDING)
    with nothing_happens(), pytest.raises(RefundNotRetryable, match="has paid"):
        retry_refund(pending.pk, actor=as_(alice))


def test_what_came_back_stays_so_when_an_older_word_of_it_comes(pending, server):
    server.books.settle(pending.provider_reference, "succeeded")
    hear(*news(server))
    with nothing_happens():
        hear_late(pending, Outcome.PENDING)
    server.books.settle(pending.provider_reference, "failed")
    hear(*news(server))
    assert (status_of(pending), reserved(pending)) == (S.RETURNED, 0)
    with nothing_happens():
        hear_late(pending, Outcome.PENDING)


def test_its_page_offers_neither_another_try_nor_credit_and_says_why(given_up, server, max_, client):
    hear(*news(server))
    client.force_login(max_, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(reverse("admin:refunds_refund_change", args=[given_up.pk])).content.decode()
    assert 'id="deed-retry"' not in text
    assert 'id="deed-credit_instead"' not in text
    assert PAID_AFTER_ALL in text
    assert client.get(reverse("admin:refunds_refund_credit_instead", args=[given_up.pk])).status_code == 403
