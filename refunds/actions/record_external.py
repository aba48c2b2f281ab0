"""A refund that nobody here made, most likely in the provider's dashboard: it counts against its order all the same."""

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
    """
    names = [made.payment_reference, made.payment_alias]
    orders = Order.objects.paid_by(provider, names)
    if not orders:
        return None
    order = Order.objects.lock(orders[0]) if len(orders) == 1 else None
    external = ExternalRefund.objects.select_for_update().filter(provider=provider, reference=made.answer.reference)
    known = external.first()
    if known is None:
        return add(new(provider, account, made, order), actor=actor)
    go_forward(known, STATUS_OF[made.answer.outcome], order, actor=actor)
    return known


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


def go_forward(external: ExternalRefund, status: Status, order: Order | None, *, actor: Actor) -> None:
    """What failed, or came back, no longer holds its part of the order: that part is given back once."""
    if status not in FORWARD[Status(external.status)]:
        return
    frees = status == Status.FAILED and external.counts
    external.status = status
    external.counts = external.counts and not frees
    external.version += 1
    external.save()
    if frees and order is not None:
        release(order, external.amount)
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
