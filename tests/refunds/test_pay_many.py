"""Many refunds that are due: what one task pays of them, and what it leaves to others."""

from datetime import timedelta

import pytest

from common import clock
from orders.models import Order
from refunds.actions import pay as pay_action
from refunds.models import Refund
from refunds.models import RefundStatus as S
from tests.refunds.cashier import WORKER, calls_for, paid, pay, pay_to_the_end, refund_of, reserved, status_of

pytestmark = pytest.mark.django_db


def test_a_sweep_pays_whatever_is_due(alice, settings):
    refunds = [refund_of(by=alice) for _ in range(3)]
    pay_action.pay_due_refunds(actor=WORKER)
    assert [paid(refund) for refund in refunds] == [[60]] * 3


def test_a_sweep_ends_when_its_time_is_up_and_hands_the_rest_on(alice, settings, monkeypatch):
    nudges = []
    monkeypatch.setattr(pay_action, "nudge_after_commit", lambda task, *args: nudges.append((task, *args)))
    settings.TASK_SOFT_LIMIT = settings.REFUND_HTTP_TIMEOUT
    refunds = [refund_of(by=alice) for _ in range(3)]
    pay_action.pay_due_refunds(actor=WORKER)
    assert [len(paid(refund)) for refund in refunds] == [1, 0, 0]
    assert nudges[0] == ("events.deliver_events",), "the news of all that was paid"
    assert nudges[1:] == [("refunds.pay_refunds", *(str(refund.pk) for refund in refunds[1:]))]


class TestAHandful:
    def test_is_paid_but_for_what_is_not_due(self, alice):
        done, *others = [refund_of(by=alice) for _ in range(3)]
        pay(done)
        pay_action.pay_refunds([str(refund.pk) for refund in [done, *others]], actor=WORKER)
        assert [paid(refund) for refund in [done, *others]] == [[60]] * 3
        assert len(calls_for(done)) == 1

    def test_is_left_to_the_sweep_when_the_time_is_up(self, alice, settings):
        settings.TASK_SOFT_LIMIT = settings.REFUND_HTTP_TIMEOUT
        refunds = [refund_of(by=alice) for _ in range(3)]
        pay_action.pay_refunds([str(refund.pk) for refund in refunds], actor=WORKER)
        assert [len(paid(refund)) for refund in refunds] == [1, 0, 0]
        assert [status_of(refund) for refund in refunds[1:]] == [S.QUEUED] * 2


class TestOneWhoseAnswerCannotBeWrittenDown:
    """The order's counter is wrong already, so that the database refuses to free the amount of what was declined."""

    @pytest.fixture
    def stuck(self, alice):
        refund = refund_of("pay_decline", by=alice)
        Order.objects.filter(pk=refund.order_id).update(refund_reserved=0)
        return refund

    def test_keeps_nobody_behind_it_waiting(self, stuck, alice):
        other = refund_of(by=alice)
        pay_action.pay_due_refunds(actor=WORKER)
        assert (status_of(stuck), status_of(other)) == (S.PROCESSING, S.SUCCEEDED)

    def test_is_asked_about_ever_later(self, stuck):
        begin = clock.now()
        for minutes in range(0, 181, 1):  # a lease is half as long
            with clock.as_if_at(begin + timedelta(minutes=minutes)):
                pay(stuck)
        assert 4 <= len(calls_for(stuck)) <= 8
        assert set(calls_for(stuck)) == {f"{stuck.pk}-1"}

    def test_ends_when_the_counter_is_right_again(self, stuck):
        pay(stuck)
        Order.objects.filter(pk=stuck.order_id).update(refund_reserved=60)
        assert pay_to_the_end(stuck) == S.FAILED
        assert reserved(stuck.order) == 0

    def test_a_worker_that_is_late_with_it_leaves_it_to_the_next(self, stuck, settings):
        late = pay_action.take(Refund.objects.all(), actor=WORKER)
        with clock.as_if_at(clock.now() + timedelta(seconds=settings.LEASE_SECONDS)):
            pay_action.take(Refund.objects.all(), actor=WORKER)
            pay_action.put_off(late)
            assert pay(stuck) == S.UNKNOWN
        assert calls_for(stuck) == []
