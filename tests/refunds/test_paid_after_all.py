"""A person gives a lost answer up as failed, and then Stripe says that it has paid: the money goes out once."""

import pytest
from django.urls import reverse

from accounts.actor import use_case
from common import clock
from refunds.actions.confirm import confirm_refund
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.move import lock_refund, move
from refunds.actions.retry import retry_refund
from refunds.errors import PAID_AFTER_ALL, RefundNotReplaceable, RefundNotRetryable
from refunds.models import RefundStatus as S
from tests.refunds.cashier import WORKER, pay, pay_to_the_end, status_of
from tests.refunds.stripe_desk import connected, keys_sent, paid_by, reserved, stripe_refund
from tests.refunds.stripe_events import hear, news
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


def test_its_page_offers_neither_another_try_nor_credit_and_says_why(given_up, server, max_, client):
    hear(*news(server))
    client.force_login(max_, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(reverse("admin:refunds_refund_change", args=[given_up.pk])).content.decode()
    assert 'id="deed-retry"' not in text
    assert 'id="deed-credit_instead"' not in text
    assert PAID_AFTER_ALL in text
    assert client.get(reverse("admin:refunds_refund_credit_instead", args=[given_up.pk])).status_code == 403
