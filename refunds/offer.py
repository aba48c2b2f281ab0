"""What can be refunded on an order before anything is sent: how much, by whom alone, and when it would arrive."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.actor import Actor
from common import clock
from orders.models import Order
from refunds.allowance import limit_left
from refunds.expected import expected_by
from refunds.models import Refund, Source


@dataclass(frozen=True)
class Way:
    source: Source
    expected_by: date


@dataclass(frozen=True)
class RefundOffer:
    """``left`` is what the employee may still start without approval; ``limit`` what they could on a fresh order."""

    currency: str
    refundable: Decimal
    limit: Decimal
    left: Decimal
    ways: list[Way]

    @property
    def used(self) -> Decimal:
        return self.limit - self.left


def offer_of(order: Order, *, actor: Actor) -> RefundOffer:
    """One statement beside the actor's grants."""
    counting = Refund.objects.counting_on(order.pk).only("amount", "requested_by", "requested_with")
    now = clock.now()
    return RefundOffer(
        currency=order.currency,
        refundable=order.refundable_amount,
        limit=actor.own_grants.refund_limit,
        left=limit_left(counting, actor=actor),
        ways=[Way(source, expected_by(source, order.payment_method, start=now)) for source in Source],
    )
