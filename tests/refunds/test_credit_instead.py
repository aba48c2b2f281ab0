"""Store credit in place of money that failed: with the customer's consent, once, under the same limits and cap."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import ApiKey
from common import clock
from common.errors import PermissionDenied, ValidationFailed
from events.deliver import deliver_events
from events.models import Event
from issues.actions.decide_approval import decide_approval
from issues.models import Approval
from orders.actions.erase_customer import erase_customer
from orders.models import Order
from refunds.actions.approve import reject_refund
from refunds.actions.cancel import cancel_refund
from refunds.actions.credit_instead import Consent, credit_instead
from refunds.actions.retry import retry_refund
from refunds.errors import RefundFailed, RefundNotReplaceable, RefundNotRetryable
from refunds.models import CreditConsent, Refund
from refunds.models import RefundStatus as S
from tests import factories
from tests.refunds.cashier import ask, paid, pay, refund_of, reserved
from tests.refunds.shop_credit import credit_of
from tests.refunds.test_moves import standing_at
from tests.untouched import nothing_happens


def consent(**told) -> Consent:
    return Consent(**{"given_by": "Mina Harker", "given_at": clock.now(), "channel": "phone"} | told)


def dead(by, amount="60", **order) -> Refund:
    refund = refund_of("pay_decline", amount=amount, by=by, **order)
    assert pay(refund) in (S.FAILED, S.AWAITING_APPROVAL)
    return refund


class TestGiving:
    def test_the_same_amount_is_credited_and_the_card_is_left_alone(self, alice, as_):
        failed = dead(alice)
        refund = credit_instead(failed.pk, consent=consent(), actor=as_(alice), note="The card is gone.")
        assert (refund.replaces, refund.amount, refund.source) == (failed, 60, "store_credit")
        assert pay(refund) == S.SUCCEEDED
        assert credit_of(failed.order.customer).balance == 60
        assert (paid(failed), paid(refund), reserved(failed.order)) == ([], [], 60)
        assert refund.history.order_by("history_id").first().history_change_reason == "The card is gone."

    def test_an_amount_of_another_currency_is_not_credited(self, alice, as_):
        failed = dead(alice, currency="JPY")
        Order.objects.filter(pk=failed.order_id).update(currency="USD")
        with nothing_happens(), pytest.raises(RefundNotReplaceable, match="another currency"):
            credit_instead(failed.pk, consent=consent(), actor=as_(alice))

    def test_the_consent_is_kept(self, alice, as_):
        at = clock.now() - timedelta(hours=1)
        refund = credit_instead(dead(alice).pk, consent=consent(given_at=at, channel="chat"), actor=as_(alice))
        kept = refund.consent
        assert (kept.given_by, kept.given_at, kept.channel, kept.recorded_by) == ("Mina Harker", at, "chat", alice)

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            ({"given_by": "  "}, "consent.given_by"),
            ({"given_by": "x" * 201}, "consent.given_by"),
            ({"channel": "pigeon"}, "consent.channel"),
        ],
    )
    def test_without_a_whole_consent_nothing_is_given(self, alice, as_, told, field):
        failed = dead(alice)
        with nothing_happens(), pytest.raises(ValidationFailed) as refused:
            credit_instead(failed.pk, consent=consent(**told), actor=as_(alice))
        assert refused.value.errors.keys() == {field}

    def test_nobody_agrees_in_the_future(self, alice, as_):
        failed = dead(alice)
        later = clock.now() + timedelta(minutes=6)
        with nothing_happens(), pytest.raises(ValidationFailed):
            credit_instead(failed.pk, consent=consent(given_at=later), actor=as_(alice))

    @pytest.mark.parametrize("status", [status for status in S if status not in (S.FAILED, S.RETURNED)])
    def test_only_for_what_failed_or_came_back(self, alice, as_, status):
        refund = standing_at(status, refund_of(by=alice))
        with nothing_happens(), pytest.raises(RefundNotReplaceable) as refused:
            credit_instead(refund.pk, consent=consent(), actor=as_(alice))
        assert refused.value.facts == {"status": status}

    def test_not_for_credit_itself(self, alice, as_):
        refund = standing_at(S.FAILED, refund_of(source="store_credit", by=alice))
        with nothing_happens(), pytest.raises(RefundNotReplaceable):
            credit_instead(refund.pk, consent=consent(), actor=as_(alice))

    def test_an_order_without_a_customer_has_nobody_to_credit(self, alice, as_):
        failed = dead(alice, customer=None)
        with nothing_happens(), pytest.raises(RefundFailed):
            credit_instead(failed.pk, consent=consent(), actor=as_(alice))

    def test_the_cap_is_reserved_again(self, alice, sofia, as_):
        failed = dead(alice)
        ask(failed.issue, "50", "store_credit", actor=as_(sofia))
        with nothing_happens(), pytest.raises(ValidationFailed) as refused:
            credit_instead(failed.pk, consent=consent(), actor=as_(alice))
        assert refused.value.facts["refundable_amount"] == 50

    def test_it_takes_the_permission(self, alice, as_):
        failed = dead(alice)
        alice.groups.clear()
        with nothing_happens(), pytest.raises(PermissionDenied):
            credit_instead(failed.pk, consent=consent(), actor=as_(alice))


class TestOnce:
    def test_a_second_time_is_refused(self, alice, as_):
        failed = dead(alice, amount="30")
        credit_instead(failed.pk, consent=consent(), actor=as_(alice))
        with nothing_happens(), pytest.raises(RefundNotReplaceable):
            credit_instead(failed.pk, consent=consent(), actor=as_(alice))

    def test_what_is_replaced_is_not_paid_by_a_retry(self, alice, as_):
        failed = dead(alice, amount="30")
        credit_instead(failed.pk, consent=consent(), actor=as_(alice))
        Order.objects.filter(pk=failed.order_id).update(payment_reference="pay_ok")
        with nothing_happens(), pytest.raises(RefundNotRetryable):
            retry_refund(failed.pk, actor=as_(alice))

    def test_a_cancelled_replacement_stands_in_nobodys_way(self, alice, as_):
        failed = dead(alice)
        cancel_refund(credit_instead(failed.pk, consent=consent(), actor=as_(alice)).pk, actor=as_(alice))
        assert credit_instead(failed.pk, consent=consent(), actor=as_(alice)).status == S.QUEUED

    def test_a_retry_that_runs_stands_in_its_way(self, alice, as_):
        failed = dead(alice)
        retry_refund(failed.pk, actor=as_(alice))
        with nothing_happens(), pytest.raises(RefundNotReplaceable):
            credit_instead(failed.pk, consent=consent(), actor=as_(alice))

    def test_the_database_keeps_one_that_counts(self, alice, as_):
        failed = dead(alice, amount="30")
        credit_instead(failed.pk, consent=consent(), actor=as_(alice))
        other = refund_of(by=alice)
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.filter(pk=other.pk).update(replaces=failed)


class TestApproval:
    @pytest.fixture
    def waiting(self, alice, max_, as_):
        """200 by Alice in place of a refund that Max had made."""
        failed = dead(max_, amount="200", total_amount=500)
        return credit_instead(failed.pk, consent=consent(), actor=as_(alice))

    def deliver(self) -> None:
        while deliver_events():
            pass

    def test_above_the_limit_another_person_decides(self, waiting, alice, max_, as_):
        assert (waiting.status, reserved(waiting.order)) == (S.AWAITING_APPROVAL, 200)
        self.deliver()
        approval = Approval.objects.get(refund=waiting)
        assert (approval.kind, approval.status, approval.requested_by) == ("refund", "pending", alice)
        decide_approval(approval.pk, "approved", actor=as_(max_))
        assert pay(waiting) == S.SUCCEEDED
        assert credit_of(waiting.order.customer).balance == 200

    def test_it_is_asked_for_once_however_often_the_news_comes(self, waiting):
        self.deliver()
        Event.objects.filter(name="refund.awaiting_approval").update(next_attempt_at=clock.now())
        self.deliver()
        assert Approval.objects.filter(refund=waiting).count() == 1

    def test_what_ended_meanwhile_is_not_asked_for(self, waiting, max_, as_):
        reject_refund(waiting.pk, actor=as_(max_))
        self.deliver()
        assert not Approval.objects.filter(refund=waiting).exists()

    def test_an_integration_counts_as_an_agent(self, sofia):
        failed = dead(sofia, amount="200", total_amount=500)
        factories.key_for()
        shop = Actor(employee=sofia, via="api", key=ApiKey.objects.latest("pk"))
        assert credit_instead(failed.pk, consent=consent(), actor=shop).status == S.AWAITING_APPROVAL


def test_an_erased_customer_is_not_named_by_their_consent(alice, ada, as_):
    refund = credit_instead(dead(alice).pk, consent=consent(), actor=as_(alice))
    erase_customer(refund.order.customer_id, actor=as_(ada))
    while deliver_events():
        pass
    kept = CreditConsent.objects.get()
    assert (kept.given_by, kept.channel) == ("", "phone")
