"""Refunds for tests: asked for and paid by the actions, and read back from whoever has the money's record."""

from decimal import Decimal

from accounts.actor import Actor, use_case
from common import clock
from issues.models import Issue
from orders.actions.put_order import put_order
from orders.models import Order
from refunds.actions.pay import pay_due_refunds, pay_refund
from refunds.actions.request import request_refund
from refunds.models import Refund, RefundStatus
from refunds.providers import sandbox
from refunds.providers.base import ProviderUnavailable
from tests import factories

WORKER = Actor.system("pay-refunds")


@use_case
def ask(issue, amount="60.00", source="merchant", *, actor) -> Refund:
    """As ``update_issue`` does it: on the locked issue."""
    locked = Issue.objects.lock(issue.order_id, issue.pk)
    return request_refund(locked, Decimal(amount), source, actor=actor)


def refund_of(reference="pay_ok_1", *, amount="60.00", source="merchant", by, **order) -> Refund:
    """A new refund, of its own order paid as ``reference`` says."""
    order = factories.OrderFactory(payment_reference=reference, **order)
    return ask(factories.IssueFactory(order=order), amount, source, actor=Actor(employee=by, via="api"))


def put_again(order: Order, **changes) -> None:
    """The shop puts the order once more, as it was made but for ``changes`` to its content."""
    content = {
        "store": {"id": order.store_id},
        "customer": {"id": order.customer_id},
        "currency": order.currency,
        "total_amount": order.total_amount,
        "payment": {
            "method": order.payment_method,
            "provider": order.payment_provider,
            "reference": order.payment_reference,
        },
    }
    put_order(order.pk, content | changes, actor=Actor.system("shop"))


def pay(refund: Refund) -> str:
    """One step by a worker; the status after it."""
    pay_refund(refund.pk, actor=WORKER)
    return status_of(refund)


def pay_to_the_end(refund: Refund, *, steps: int = 20) -> str:
    """As many steps as it takes, each at its time, until nothing is due any more."""
    for _ in range(steps):
        due = Refund.objects.values_list("next_attempt_at", flat=True).get(pk=refund.pk)
        if due is None:
            break
        with clock.as_if_at(max(due, clock.now())):
            pay_due_refunds(actor=WORKER)
    return status_of(refund)


def status_of(refund: Refund) -> str:
    return Refund.objects.values_list("status", flat=True).get(pk=refund.pk)


def reserved(order: Order) -> Decimal:
    return Order.objects.values_list("refund_reserved", flat=True).get(pk=order.pk)


def paid(refund: Refund) -> list[Decimal]:
    """What the sandbox says that it paid for the refund."""
    return [row["amount"] for row in sandbox.payments() if row["refund_id"] == str(refund.pk)]


def calls_for(refund: Refund) -> list[str]:
    """The keys of the calls that the sandbox got for the refund."""
    return [key for key, refund_id in sandbox.calls() if refund_id == str(refund.pk)]


class Silent(sandbox.Sandbox):
    """It answers nothing, to any question."""

    def refund(self, request, idempotency_key):
        raise ProviderUnavailable("It answered 503")

    find = refund


def lost(by, *, steps: int = 40) -> Refund:
    """One that was asked about until a person must look."""
    refund = refund_of(by=by)
    assert pay_to_the_end(refund, steps=steps) == RefundStatus.NEEDS_REVIEW
    return refund
