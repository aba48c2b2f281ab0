"""Many refunds that are due: what one task pays of them, and what it leaves to others."""

import pytest

from refunds.actions import pay as pay_action
from refunds.models import RefundStatus as S
from tests.refunds.cashier import WORKER, calls_for, paid, pay, refund_of, status_of

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
