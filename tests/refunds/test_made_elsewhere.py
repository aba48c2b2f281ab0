"""Events of Stripe about what was done without us: refunds made in its dashboard, and disputes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from common.errors import ValidationFailed
from events.models import Event
from orders.models import Order
from refunds.actions.apply_event import PATIENCE, apply_due_events
from refunds.actions.record_external import record_external
from refunds.errors import RefundFailed
from refunds.models import ExternalRefund, ProviderEvent
from refunds.models import RefundStatus as S
from refunds.providers import PAYERS
from tests import factories
from tests.refunds.auditor import kinds, run
from tests.refunds.cashier import ask, pay
from tests.refunds.stripe_desk import connected, reserved, stripe_refund
from tests.refunds.stripe_events import HEARER, hear, later, news, order_paid_by_stripe, refunded
from tests.untouched import nothing_happens


@pytest.fixture
def server(settings):
    with connected(settings) as server:
        yield server


class TestMadeElsewhere:
    """Case 15: refunded in the provider's dashboard."""

    def test_it_counts_against_the_order_once(self, server, db):
        order = order_paid_by_stripe(server, "ch_1")
        server.books.refund("ch_1", 3000)
        hear(*news(server), *news(server))
        external = ExternalRefund.objects.get()
        assert (external.order, external.amount, external.counts) == (order, Decimal(30), True)
        assert refunded(order) == 30

    def test_what_is_left_is_what_can_be_asked_for(self, alice, server, as_):
        order = order_paid_by_stripe(server)
        server.books.refund("pi_1", 7000)
        hear(*news(server))
        issue = factories.IssueFactory(order=order)
        with nothing_happens(), pytest.raises(ValidationFailed) as refusal:
            ask(issue, "60.00", actor=as_(alice))
        assert refusal.value.facts["refundable_amount"] == 30

    def test_pending_then_failed_gives_its_part_back_once(self, server, db):
        order = order_paid_by_stripe(server)
        made = server.books.refund("pi_1", 3000, status="pending")
        hear(*news(server))
        assert refunded(order) == 30
        server.books.settle(made["id"], "failed")
        hear(*news(server), *reversed(news(server)))
        assert refunded(order) == 0
        assert ExternalRefund.objects.get().status == "failed"
        assert Event.objects.filter(name="refund.external_failed").count() == 1

    @pytest.mark.parametrize("orders_now", [0, 2])
    def test_its_part_is_given_back_to_the_order_that_it_counted_on(self, server, db, orders_now):
        """Whether a second order names the payment by then, or none does."""
        order = order_paid_by_stripe(server)
        made = server.books.refund("pi_1", 3000, status="pending")
        hear(*news(server))
        if orders_now:
            order_paid_by_stripe(server)
        else:
            Order.objects.update(payment_reference="pi_2")
        server.books.settle(made["id"], "failed")
        hear(*news(server))
        external = ExternalRefund.objects.get()
        assert (external.order, external.status, external.counts) == (order, "failed", False)
        assert refunded(order) == 0
        assert kinds(run()) == []

    def test_where_orders_shared_the_payment_none_gains_when_it_fails(self, server, db):
        """Nor where one of them alone names it by then."""
        order, other = order_paid_by_stripe(server), order_paid_by_stripe(server)
        made = server.books.refund("pi_1", 3000, status="pending")
        hear(*news(server))
        Order.objects.filter(pk=other.pk).update(payment_reference="pi_2")
        Order.objects.filter(pk=order.pk).update(refund_reserved=50)
        server.books.settle(made["id"], "failed")
        hear(*news(server))
        assert ExternalRefund.objects.get().status == "failed"
        assert refunded(order) == 50

    def test_one_that_does_not_fit_is_not_cut_and_a_person_is_told(self, alice, server):
        """We have promised 60 of 100, and somebody gave 50 back in the dashboard."""
        refund = stripe_refund(server, by=alice)
        server.books.refund("pi_1", 5000)
        hear(*news(server))
        assert [external.counts for external in ExternalRefund.objects.for_a_person()] == [False]
        assert reserved(refund) == 60
        assert Event.objects.filter(name="refund.external_over_cap").count() == 1

    def test_one_that_never_counted_gives_nothing_back(self, alice, server):
        refund = stripe_refund(server, by=alice)
        made = server.books.refund("pi_1", 5000)
        hear(*news(server))
        server.books.settle(made["id"], "failed")
        hear(*news(server))
        assert reserved(refund) == 60
        assert not ExternalRefund.objects.for_a_person().exists()

    def test_where_orders_share_the_payment_nobody_guesses(self, server, db):
        orders = [order_paid_by_stripe(server), order_paid_by_stripe(server)]
        server.books.refund("pi_1", 3000)
        hear(*news(server))
        assert [refunded(order) for order in orders] == [0, 0]
        assert ExternalRefund.objects.for_a_person().get().order is None

    def test_one_in_another_currency_does_not_fit_its_order(self, server, db):
        order = order_paid_by_stripe(server, currency="EUR")
        server.books.refund("pi_1", 1000)
        hear(*news(server))
        assert refunded(order) == 0
        assert ExternalRefund.objects.for_a_person().count() == 1

    def test_a_payment_of_nobody_here_is_asked_about_for_a_while(self, server, db):
        """Its order may be about to come; then it is somebody else's."""
        server.books.add_payment("pi_1")
        server.books.refund("pi_1", 3000)
        hear(*news(server))
        for _ in range(PATIENCE):
            with later(hours=12):
                apply_due_events(actor=HEARER)
            ProviderEvent.objects.filter(outcome="waiting").update(next_attempt_at=clock.now())
        assert ProviderEvent.objects.get().outcome == "not_ours"
        assert ExternalRefund.objects.count() == 0

    def test_the_order_may_come_after_the_event(self, server, db):
        server.books.add_payment("pi_1")
        server.books.refund("pi_1", 3000)
        hear(*news(server))
        order = factories.OrderFactory(payment_provider="stripe", payment_reference="pi_1")
        with later(minutes=1):
            apply_due_events(actor=HEARER)
        assert refunded(order) == 30

    @pytest.mark.parametrize("named", ["pi_1", "ch_1"])
    def test_reconciliation_finds_it_by_either_name_of_its_payment(self, server, db, named):
        order = order_paid_by_stripe(server, named)
        server.books.refund(named, 3000)
        finding = run().findings.get()
        assert (finding.kind, finding.order) == ("unknown_here", order)
        hear(*news(server))
        assert kinds(run()) == []

    def test_reconciliation_may_find_it_first(self, server, db):
        order = order_paid_by_stripe(server)
        server.books.refund("pi_1", 3000)
        (made,) = PAYERS["stripe"].refunds_since("merchant", clock.now() - timedelta(days=1))
        record_external("stripe", "merchant", made, actor=HEARER)
        hear(*news(server))
        assert refunded(order) == 30


class TestDisputes:
    """Case 12."""

    def test_a_dispute_stops_refunds_until_it_is_won(self, alice, server, as_):
        order = order_paid_by_stripe(server, "ch_1")
        issue = factories.IssueFactory(order=order)
        dispute = server.books.dispute("ch_1")
        hear(*news(server, "charge.dispute"))
        with pytest.raises(RefundFailed):
            ask(issue, actor=as_(alice))
        server.books.close_dispute(dispute["id"], "won")
        hear(*news(server, "charge.dispute"))
        assert pay(ask(issue, actor=as_(alice))) == S.SUCCEEDED
        assert list(order.history.values_list("payment_disputed", flat=True)) == [False, True, False]

    def test_told_in_the_wrong_order_the_dispute_stands_as_the_provider_says(self, server, db):
        order = order_paid_by_stripe(server)
        dispute = server.books.dispute("pi_1")
        server.books.close_dispute(dispute["id"], "won")
        hear(*reversed(news(server, "charge.dispute")))
        order.refresh_from_db()
        assert not order.payment_disputed

    def test_a_lost_one_stays(self, server, db):
        order = order_paid_by_stripe(server)
        server.books.close_dispute(server.books.dispute("pi_1")["id"], "lost")
        hear(*news(server, "charge.dispute"))
        order.refresh_from_db()
        assert order.payment_disputed
