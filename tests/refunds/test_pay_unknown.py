"""A payment whose answer was lost: asked again by the same key, looked for, and in the end a person's."""

from datetime import timedelta

import pytest

from common import clock
from orders.models import Order
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers.base import Answer, Outcome, ProviderRefused, ProviderUnavailable
from tests.refunds.cashier import paid, pay, pay_to_the_end, refund_of, reserved
from tests.refunds.hostile import instead_of_the_sandbox

LOST = ProviderUnavailable("no answer")
PAID = Answer(Outcome.SUCCEEDED, reference="re_1")


class TestUnknown:
    def test_it_is_not_failed_and_keeps_its_part_of_the_order(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        instead_of_the_sandbox(monkeypatch, LOST)
        assert pay(refund) == S.UNKNOWN
        assert reserved(refund.order) == 60

    @pytest.mark.parametrize("garbage", [KeyError("id"), TimeoutError(), ValueError("\0 is not JSON")])
    def test_whatever_is_no_answer_is_unknown(self, alice, monkeypatch, garbage):
        refund = refund_of(by=alice)
        instead_of_the_sandbox(monkeypatch, garbage)
        assert pay(refund) == S.UNKNOWN

    def test_it_is_asked_again_with_the_same_key_ever_later(self, alice, monkeypatch, settings):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, *[LOST] * 7, PAID)
        for delay in settings.REFUND_RETRY_DELAYS:
            asked_at = clock.now()
            pay(refund)
            refund.refresh_from_db()
            waits = (refund.next_attempt_at - asked_at).total_seconds()
            assert delay * 0.8 <= waits <= delay * 1.2 + 1
            Refund.objects.plan(refund.pk, clock.now())
        assert pay(refund) == S.SUCCEEDED
        assert set(provider.sent) == {f"{refund.pk}-1"}
        assert provider.looked == []

    def test_nothing_is_asked_before_its_time(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, LOST)
        for _ in range(3):
            pay(refund)
        assert len(provider.sent) == 1

    @pytest.mark.parametrize("later", [timedelta(hours=23), timedelta(hours=25), timedelta(days=10)])
    def test_an_old_key_is_never_sent_again_and_nothing_moves_without_a_look(self, alice, monkeypatch, later):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, LOST, LOST, PAID)
        pay(refund)
        with clock.as_if_at(clock.now() + later):
            assert pay(refund) == S.UNKNOWN
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert (len(provider.sent), len(provider.looked)) == (1, 2)

    def test_absent_twice_an_hour_apart_is_a_new_attempt(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, LOST, None, None, PAID)
        pay(refund)
        with clock.as_if_at(clock.now() + timedelta(days=1)):
            pay(refund)
            refund.refresh_from_db()
            assert refund.next_attempt_at == clock.now() + timedelta(hours=1)
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert provider.sent == [f"{refund.pk}-1", f"{refund.pk}-2"]
        assert list(refund.attempts.order_by("number").values_list("outcome", flat=True)) == ["absent", "accepted"]

    def test_absent_and_then_found_is_no_new_attempt(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, LOST, None, PAID)
        pay(refund)
        with clock.as_if_at(clock.now() + timedelta(days=1)):
            pay(refund)
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert len(provider.sent) == 1

    def test_after_three_attempts_that_vanished_a_person_must_look(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, *[LOST, *[LOST] * 10, None, None] * 3)
        provider.script = []
        provider._next = lambda: None if provider.looked and provider.looked[-1] == provider.sent[-1] else _raise(LOST)
        assert pay_to_the_end(refund, steps=100) == S.NEEDS_REVIEW
        assert len(set(provider.sent)) == 3
        assert reserved(refund.order) == 60

    def test_after_many_looks_in_vain_a_person_must_look(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        provider = instead_of_the_sandbox(monkeypatch, *[LOST] * 100)
        assert pay_to_the_end(refund, steps=100) == S.NEEDS_REVIEW
        assert len(provider.looked) == 8
        assert len(provider.sent) < 20, "retries are bounded"
        assert reserved(refund.order) == 60

    def test_a_refusal_to_look_is_no_word_on_the_money(self, alice, monkeypatch):
        refund = refund_of(by=alice)
        instead_of_the_sandbox(monkeypatch, LOST, ProviderRefused("forbidden", "The key may not read"))
        pay(refund)
        with clock.as_if_at(clock.now() + timedelta(days=1)):
            assert pay(refund) == S.UNKNOWN

    def test_a_payment_that_expired_meanwhile_may_have_been_paid(self, alice):
        refund = refund_of("pay_timeout", by=alice)
        pay(refund)
        Order.objects.filter(pk=refund.order_id).update(payment_disputed=True)
        assert pay_to_the_end(refund) == S.SUCCEEDED
        assert paid(refund) == [60]


def test_control_with_a_new_key_for_every_call_it_would_be_paid_twice(alice, monkeypatch):
    refund = refund_of("pay_timeout", by=alice)
    pay(refund)
    monkeypatch.setattr("refunds.actions.take.needs_new_attempt", lambda refund, attempt: True)
    pay_to_the_end(refund, steps=1)
    assert paid(refund) == [60, 60]


def _raise(error):
    raise error
