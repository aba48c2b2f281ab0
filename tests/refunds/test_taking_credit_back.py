"""Store credit that is taken back: as far as nobody has spent it, once, by one who may decide."""

import pytest

from common.errors import PermissionDenied
from issues.story import story_of
from issues.timeline import entries_of
from refunds.actions.credit_revert import revert_credit
from refunds.actions.retry import retry_refund
from refunds.errors import CreditNotRevertible, RefundNotRetryable
from refunds.models import RefundStatus as S
from tests.refunds.cashier import ask, pay, refund_of, reserved
from tests.refunds.shop_credit import assert_the_books_are_right, credit_of, give, spend
from tests.untouched import nothing_happens


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
