"""The payer's bank contests the payment, or no longer does: only while it does not can money be given back."""

from accounts.actor import Actor, use_case
from common import clock
from events.record import record
from orders.models import Order


@use_case
def note_dispute(order_id: str, *, is_disputed: bool, actor: Actor) -> bool:
    """Whether that was news."""
    order = Order.objects.lock(order_id)
    if order.payment_disputed == is_disputed:
        return False
    order.payment_disputed = is_disputed
    order.version += 1
    order.updated_at = clock.now()
    order.save(update_fields=["payment_disputed", "version", "updated_at"])
    record({"order.disputed" if is_disputed else "order.dispute_ended": {}}, actor=actor, order_id=order.pk)
    return True
