"""A refund that failed or came back is tried again: by a new attempt, under the cap and the limits of today."""

from datetime import timedelta

import pytest

from common import clock
from common.errors import PermissionDenied, ValidationFailed
from orders.models import Order
from refunds.actions.approve import approve_refund
from refunds.actions.payout import deny_payout
from refunds.actions.retry import retry_refund
from refunds.errors import RefundFailed, RefundNotRetryable
from refunds.models import Refund
from refunds.models import RefundStatus as S
from refunds.providers import sandbox
from tests import factories
from tests.refunds.cashier import ask, paid, pay, put_again, refund_of
from tests.refunds.test_moves import standing_at
from tests.untouched import nothing_happens


class TestRetrying:
    def declined(self, by, amount="60", **order) -> Refund:
        refund = refund_of("pay_decline", amount=amount, by=by, **order)
        assert pay(refund) == S.FAILED
        return refund

    def now_payable(self, refund) -> None:
        Order.objects.filter(pk=refund.order_id).update(payment_reference="pay_ok")

    def test_it_is_paid_by_a_new_attempt(self, alice, as_):
        refund = self.declined(alice)
        self.now_payable(refund)
        retry_refund(refund.pk, actor=as_(alice), note="The bank says it works now.")
        assert refund.history.latest().history_change_reason == "The bank says it works now."
        assert pay(refund) == S.SUCCEEDED
        assert paid(refund) == [60]
        assert [attempt.outcome for attempt in refund.attempts.order_by("number")] == ["refused", "accepted"]

    def test_what_was_approved_stays_approved(self, alice, max_, as_):
        refund = self.approved_and_declined(alice, max_, as_)
        assert retry_refund(refund.pk, actor=as_(alice)).status == S.QUEUED

    def approved_and_declined(self, alice, max_, as_) -> Refund:
        refund = refund_of("pay_decline", amount="8000", by=alice, total_amount=9000)
        approve_refund(refund.pk, actor=as_(max_))
        assert pay(refund) == S.FAILED
        return refund

    def test_an_approval_was_for_the_payment_that_the_order_named_then(self, alice, max_, as_):
        refund = self.approved_and_declined(alice, max_, as_)
        elsewhere = {"method": "online", "provider": "sandbox", "reference": "pay_ok_of_somebody_else"}
        put_again(refund.order, payment=elsewhere)
        with nothing_happens(), pytest.raises(PermissionDenied):
            retry_refund(refund.pk, actor=as_(alice))
        assert paid(refund) == []

    def test_within_the_limit_it_is_paid_to_the_payment_of_today(self, alice, max_, as_):
        refund = self.declined(alice)
        today = {"method": "online", "provider": "sandbox", "reference": "pay_ok_2"}
        put_again(refund.order, payment=today)
        assert retry_refund(refund.pk, actor=as_(alice)).payment_method == "online"
        assert pay(refund) == S.SUCCEEDED
        assert [row["payment_reference"] for row in sandbox.payments()] == ["pay_ok_2"]

    def test_back_at_the_payment_of_then_it_is_no_longer_for_finance_to_pay(self, alice, max_, as_):
        refund = self.declined(alice)
        put_again(refund.order, payment={"method": "cash"})
        assert retry_refund(refund.pk, actor=as_(alice)).provider == "payout"
        assert pay(refund) == S.PENDING
        deny_payout(refund.pk, actor=as_(max_), note="They have no account.")
        put_again(refund.order, payment={"method": "card", "provider": "sandbox", "reference": "pay_decline"})
        again = retry_refund(refund.pk, actor=as_(alice))
        assert (again.payment_method, again.provider) == ("card", "sandbox")

    def test_a_clock_that_was_behind_when_the_refund_was_asked_for_keeps_nobody_from_it(self, alice, as_):
        order = factories.OrderFactory(payment_reference="pay_decline")
        issue = factories.IssueFactory(order=order)
        with clock.as_if_at(clock.now() - timedelta(minutes=10)):
            refund = ask(issue, actor=as_(alice))
        assert pay(refund) == S.FAILED
        put_again(order, payment={"method": "online", "provider": "sandbox", "reference": "pay_ok_2"})
        assert retry_refund(refund.pk, actor=as_(alice)).payment_method == "online"
        assert pay(refund) == S.SUCCEEDED

    def test_an_amount_of_another_currency_is_not_tried_again(self, alice, max_, as_):
        refund = self.declined(alice, currency="JPY")
        put_again(refund.order, currency="USD")
        with nothing_happens(), pytest.raises(RefundNotRetryable, match="another currency"):
            retry_refund(refund.pk, actor=as_(alice))

    @pytest.mark.parametrize("status", [s for s in S if s not in (S.FAILED, S.RETURNED)])
    def test_only_what_failed_or_came_back(self, alice, as_, status):
        refund = standing_at(status, refund_of(by=alice))
        with nothing_happens(), pytest.raises(RefundNotRetryable) as refused:
            retry_refund(refund.pk, actor=as_(alice))
        assert refused.value.facts == {"status": status}

    def test_the_cap_is_checked_again(self, alice, sofia, as_):
        refund = self.declined(alice)
        ask(refund.issue, "50", "store_credit", actor=as_(sofia))
        with nothing_happens(), pytest.raises(ValidationFailed) as refused:
            retry_refund(refund.pk, actor=as_(alice))
        assert refused.value.facts == {"refundable_amount": 50, "errors": refused.value.errors}

    def test_the_payment_is_checked_again(self, alice, as_):
        refund = self.declined(alice)
        Order.objects.filter(pk=refund.order_id).update(payment_disputed=True)
        with nothing_happens(), pytest.raises(RefundFailed):
            retry_refund(refund.pk, actor=as_(alice))

    def test_the_retriers_own_limit_holds(self, alice, sofia, max_, as_):
        refund = self.declined(sofia, "200", total_amount=1000)
        with nothing_happens(), pytest.raises(PermissionDenied):
            retry_refund(refund.pk, actor=as_(alice))
        retry_refund(refund.pk, actor=as_(max_))

    def test_failing_and_retrying_is_no_way_round_the_limit(self, alice, sofia, as_):
        refund = self.declined(alice, "100", total_amount=1000)
        ask(refund.issue, "100", "store_credit", actor=as_(alice))
        with nothing_happens(), pytest.raises(PermissionDenied):
            retry_refund(refund.pk, actor=as_(alice))
        bob = factories.EmployeeFactory()
        with nothing_happens(), pytest.raises(PermissionDenied):
            retry_refund(refund.pk, actor=as_(bob))

    def test_what_was_approved_needs_no_second_approval(self, alice, max_, as_):
        refund = refund_of("pay_decline", amount="200", by=alice, total_amount=1000)
        approve_refund(refund.pk, actor=as_(max_))
        pay(refund)
        assert retry_refund(refund.pk, actor=as_(alice)).status == S.QUEUED
