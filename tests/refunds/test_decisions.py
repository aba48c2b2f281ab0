"""What people and the insurer decide about a refund: approve, reject, cancel, retry, answer a claim, confirm."""

import pytest

from accounts.actor import Actor
from accounts.models import ApiKey, Scope
from common.errors import NotFound, PermissionDenied
from refunds.actions.approve import approve_refund, reject_refund
from refunds.actions.cancel import cancel_refund
from refunds.actions.claim import accept_claim, reject_claim
from refunds.actions.confirm import confirm_refund
from refunds.actions.retry import retry_refund
from refunds.errors import RefundNotAwaiting, RefundNotCancellable
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import ask, paid, pay, refund_of, reserved
from tests.refunds.test_moves import standing_at
from tests.untouched import nothing_happens

INSURER = Actor.system("sandbox-tell")


@pytest.fixture
def waiting(alice):
    """200 of 500, which is more than Alice may refund."""
    return refund_of(amount="200", by=alice, total_amount=500)


class TestApproval:
    def test_approved_it_is_paid(self, waiting, max_, as_):
        approve_refund(waiting.pk, actor=as_(max_))
        assert pay(waiting) == S.SUCCEEDED
        waiting.refresh_from_db()
        assert waiting.approved_by == max_
        assert paid(waiting) == [200]

    def test_an_insurance_refund_then_waits_for_the_insurer(self, alice, max_, as_):
        refund = refund_of(amount="200", source="insurance", by=alice, total_amount=500)
        assert approve_refund(refund.pk, actor=as_(max_)).status == S.AWAITING_CLAIM

    def test_rejected_its_amount_is_free_again(self, waiting, max_, as_):
        reject_refund(waiting.pk, actor=as_(max_), note="Too much.")
        waiting.refresh_from_db()
        assert (waiting.status, reserved(waiting.order)) == (S.REJECTED, 0)
        assert waiting.history.latest().history_change_reason == "Too much."
        assert pay(waiting) == S.REJECTED

    def test_the_desk_itself_rejects_what_nobody_decided(self, waiting):
        reject_refund(waiting.pk, actor=Actor.system("expire-approvals"))
        assert reserved(waiting.order) == 0

    @pytest.mark.parametrize("decide", [approve_refund, reject_refund])
    def test_who_asked_in_another_name_by_a_key_of_their_own_does_not_decide(self, alice, max_, as_, decide):
        factories.key_for(max_, scopes=Scope.values)
        issue = factories.IssueFactory(order=factories.OrderFactory(total_amount=9000))
        refund = ask(issue, "6000", actor=Actor(employee=alice, via="api", key=ApiKey.objects.get()))
        with nothing_happens(), pytest.raises(PermissionDenied):
            decide(refund.pk, actor=as_(max_))

    @pytest.mark.parametrize("decide", [approve_refund, reject_refund])
    @pytest.mark.parametrize("decider", ["alice", "sofia"])
    def test_who_may_not_decide_changes_nothing(self, request, waiting, as_, decide, decider):
        employee = request.getfixturevalue(decider)
        with nothing_happens(), pytest.raises(PermissionDenied):
            decide(waiting.pk, actor=as_(employee))

    @pytest.mark.parametrize("decide", [approve_refund, reject_refund])
    def test_who_asked_never_decides(self, max_, as_, decide):
        refund = refund_of(amount="6000", by=max_, total_amount=9000)
        with nothing_happens(), pytest.raises(PermissionDenied):
            decide(refund.pk, actor=as_(max_))

    @pytest.mark.parametrize("decide", [approve_refund, reject_refund])
    def test_an_integration_never_decides(self, waiting, max_, decide):
        factories.key_for(scopes=Scope.values)
        actor = Actor(employee=max_, via="api", key=ApiKey.objects.get())
        with nothing_happens(), pytest.raises(PermissionDenied):
            decide(waiting.pk, actor=actor)

    @pytest.mark.parametrize("decide", [approve_refund, reject_refund])
    @pytest.mark.parametrize("status", [status for status in S if status != S.AWAITING_APPROVAL])
    def test_only_what_waits_can_be_decided(self, alice, max_, as_, decide, status):
        refund = standing_at(status, refund_of(by=alice))
        with nothing_happens(), pytest.raises(RefundNotAwaiting) as refused:
            decide(refund.pk, actor=as_(max_))
        assert refused.value.facts["status"] == status


class TestCancelling:
    @pytest.mark.parametrize("status", [S.AWAITING_APPROVAL, S.AWAITING_CLAIM, S.QUEUED])
    def test_before_the_provider_has_it(self, alice, as_, status):
        refund = standing_at(status, refund_of(by=alice))
        cancel_refund(refund.pk, actor=as_(alice))
        assert reserved(refund.order) == 0
        assert pay(refund) == S.CANCELLED
        assert paid(refund) == []

    @pytest.mark.parametrize("status", [s for s in S if s not in (S.AWAITING_APPROVAL, S.AWAITING_CLAIM, S.QUEUED)])
    def test_not_afterwards(self, alice, as_, status):
        refund = standing_at(status, refund_of(by=alice))
        with nothing_happens(), pytest.raises(RefundNotCancellable) as refused:
            cancel_refund(refund.pk, actor=as_(alice))
        assert refused.value.facts == {"status": status}

    def test_twice_frees_the_amount_once(self, alice, order, as_):
        one, other = (ask(each, "40", actor=as_(alice)) for each in factories.IssueFactory.create_batch(2, order=order))
        cancel_refund(one.pk, actor=as_(alice))
        with pytest.raises(RefundNotCancellable):
            cancel_refund(one.pk, actor=as_(alice))
        assert reserved(order) == other.amount

    @pytest.mark.parametrize("refund_id", ["nonsense", "01a20a36-d5c0-7602-b8f9-b1a8855fa004"])
    def test_what_is_not_there_is_not_found(self, alice, as_, refund_id):
        with pytest.raises(NotFound):
            cancel_refund(refund_id, actor=as_(alice))


class TestTheInsurersAnswer:
    @pytest.fixture
    def claimed(self, alice):
        return refund_of(source="insurance", by=alice)

    def test_nothing_is_paid_before_it(self, claimed):
        assert pay(claimed) == S.AWAITING_CLAIM
        assert paid(claimed) == []

    def test_accepted_it_is_paid_as_the_payment(self, claimed):
        accept_claim(claimed.pk, actor=INSURER)
        assert pay(claimed) == S.SUCCEEDED
        assert paid(claimed) == [60]

    def test_rejected_it_fails_and_can_be_filed_again(self, claimed, alice, as_):
        reject_claim(claimed.pk, actor=INSURER)
        claimed.refresh_from_db()
        assert (claimed.status, claimed.failure_code, reserved(claimed.order)) == (S.FAILED, "claim_rejected", 0)
        assert retry_refund(claimed.pk, actor=as_(alice)).status == S.AWAITING_CLAIM
        assert pay(claimed) == S.AWAITING_CLAIM

    def test_a_payment_that_fails_after_it_is_retried_without_a_new_claim(self, alice, as_):
        refund = refund_of("pay_decline", source="insurance", by=alice)
        accept_claim(refund.pk, actor=INSURER)
        assert pay(refund) == S.FAILED
        assert retry_refund(refund.pk, actor=as_(alice)).status == S.QUEUED

    @pytest.mark.parametrize("answer", [accept_claim, reject_claim])
    def test_an_agent_does_not_speak_for_the_insurer(self, claimed, alice, as_, answer):
        with nothing_happens(), pytest.raises(PermissionDenied):
            answer(claimed.pk, actor=as_(alice))

    @pytest.mark.parametrize("answer", [accept_claim, reject_claim])
    def test_only_a_claim_is_answered(self, alice, answer):
        with pytest.raises(RefundNotAwaiting):
            answer(refund_of(by=alice).pk, actor=INSURER)


class TestFinance:
    @pytest.fixture
    def payout(self, alice):
        refund = refund_of(by=alice, payment_method="cash", payment_provider="")
        assert pay(refund) == S.PENDING
        return refund

    def test_a_payout_is_never_due_by_itself(self, payout):
        payout.refresh_from_db()
        assert payout.next_attempt_at is None
        assert payout.provider_reference == f"payout:{payout.pk}"

    @pytest.mark.parametrize(("outcome", "left"), [(S.SUCCEEDED, 60), (S.FAILED, 0)])
    def test_finance_says_what_became_of_it(self, payout, max_, as_, outcome, left):
        confirm_refund(payout.pk, outcome, actor=as_(max_))
        payout.refresh_from_db()
        assert (payout.status, reserved(payout.order)) == (outcome, left)
        assert bool(payout.failure_reason) == (outcome == S.FAILED)

    def test_a_payout_can_come_back(self, payout, max_, as_):
        confirm_refund(payout.pk, S.SUCCEEDED, actor=as_(max_))
        confirm_refund(payout.pk, S.RETURNED, actor=as_(max_))
        assert reserved(payout.order) == 0

    def test_what_needs_review_is_decided_by_a_person(self, alice, max_, as_):
        refund = standing_at(S.NEEDS_REVIEW, refund_of(by=alice))
        assert confirm_refund(refund.pk, S.SUCCEEDED, actor=as_(max_)).status == S.SUCCEEDED

    @pytest.mark.parametrize("who", ["alice", "sofia"])
    def test_who_may_not_decide_confirms_nothing(self, request, payout, as_, who):
        employee = request.getfixturevalue(who)
        with nothing_happens(), pytest.raises(PermissionDenied):
            confirm_refund(payout.pk, S.SUCCEEDED, actor=as_(employee))

    def test_nobody_confirms_their_own(self, max_, as_):
        refund = refund_of(by=max_, payment_method="cash")
        pay(refund)
        with nothing_happens(), pytest.raises(PermissionDenied):
            confirm_refund(refund.pk, S.SUCCEEDED, actor=as_(max_))

    @pytest.mark.parametrize("status", [s for s in S if s != S.NEEDS_REVIEW])
    def test_what_a_provider_can_be_asked_about_is_not_for_people(self, alice, max_, as_, status):
        refund = standing_at(status, refund_of(by=alice))
        with nothing_happens(), pytest.raises(RefundNotAwaiting):
            confirm_refund(refund.pk, S.SUCCEEDED, actor=as_(max_))
