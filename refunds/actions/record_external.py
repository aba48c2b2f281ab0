"""A refund that nobody here made, most likely in the provider's dashboard: it counts against its order all the same."""

from collections.abc import Sequence

from accounts.actor import Actor, use_case
from events.record import record
from orders.models import Order
from refunds.allowance import release, reserve
from refunds.models import ExternalRefund
from refunds.providers.base import Outcome, ProviderRefund

Status = ExternalRefund.Status
FORWARD = {Status.PENDING: {Status.SUCCEEDED, Status.FAILED}, Status.SUCCEEDED: {Status.FAILED}, Status.FAILED: set()}
STATUS_OF = {
    Outcome.PENDING: Status.PENDING,
    Outcome.SUCCEEDED: Status.SUCCEEDED,
    Outcome.FAILED: Status.FAILED,
    Outcome.RETURNED: Status.FAILED,
}
RECORDED, FAILED, OVER_CAP = "refund.external_recorded", "refund.external_failed", "refund.external_over_cap"


@use_case
def record_external(provider: str, account: str, made: ProviderRefund, *, actor: Actor) -> ExternalRefund | None:
    """Write down what the provider says of it now; a state only goes forward. None if no order names the payment.

    It is never cut to fit: where its order has no room for it, or several orders share the payment, a person must look.
    One that is written down keeps its order, whichever orders name the payment by now.
    """
    written_down = ExternalRefund.objects.filter(provider=provider, reference=made.answer.reference)
    known = written_down.first()
    names = [made.payment_reference, made.payment_alias]
    orders = [known.order_id] if known else Order.objects.paid_by(provider, names)
    if not orders:
        return None
    order = lock_only(orders)
    known = written_down.select_for_update().first()
    if known is None:
        return add(new(provider, account, made, order), actor=actor)
    go_forward(known, STATUS_OF[made.answer.outcome], actor=actor)
    return known


def lock_only(order_ids: Sequence[str | None]) -> Order | None:
    """None where there are several, or where nobody could tell which it was."""
    return Order.objects.lock(order_ids[0]) if len(order_ids) == 1 and order_ids[0] else None


def new(provider: str, account: str, made: ProviderRefund, order: Order | None) -> ExternalRefund:
    return ExternalRefund(
        order=order,
        provider=provider,
        account=account,
        reference=made.answer.reference,
        payment_reference=made.payment_reference,
        amount=made.amount,
        currency=made.currency,
        status=STATUS_OF[made.answer.outcome],
        made_at=made.made_at,
        counts=False,
    )


def add(external: ExternalRefund, *, actor: Actor) -> ExternalRefund:
    order, holds = external.order, external.status != Status.FAILED
    external.counts = order is not None and holds and fits(external, order)
    external.save(force_insert=True)
    if order is not None and external.counts:
        reserve(order, external.amount)
    tell(external, *([RECORDED] if external.counts or not holds else [RECORDED, OVER_CAP]), actor=actor)
    return external


def fits(external: ExternalRefund, order: Order) -> bool:
    return external.currency == order.currency and external.amount <= order.refundable_amount


def go_forward(external: ExternalRefund, status: Status, *, actor: Actor) -> None:
    """What failed, or came back, no longer holds its part of the order: that part is given back once."""
    if status not in FORWARD[Status(external.status)]:
        return
    frees = status == Status.FAILED and external.counts
    external.status = status
    external.counts = external.counts and not frees
    external.version += 1
    external.save()
    if frees and external.order_id:  # its order is locked already, but for one written down since it was looked for
        release(Order.objects.lock(external.order_id), external.amount)
    if status == Status.FAILED:
        tell(external, FAILED, actor=actor)


def tell(external: ExternalRefund, *names: str, actor: Actor) -> None:
    facts = {
        "external_refund_id": str(external.pk),
        "provider": external.provider,
        "reference": external.reference,
        "amount": str(external.amount),
        "currency": external.currency,
        "status": external.status,
        "counts": external.counts,
    }
    record(dict.fromkeys(names, facts), actor=actor, order_id=external.order_id or "")
