"""What a customer hears of a refund: that it was started, and what came of it; each once for a refund.

It may be tried again and fail again: the customer heard of that before, and hears next when it is paid. Nobody hears
of a refund that waits for approval, nor of what is no longer true when it would be told.
"""

from decimal import Decimal
from typing import Any

from common import clock
from common.display import money
from events.messages import Message, note_undeliverable, queue_messages
from events.models import Delivery, Event
from events.subscribers import subscribe
from issues.notifications import issue_of, words_of
from refunds.destination import goes_elsewhere
from refunds.models import Refund, Source
from refunds.models import RefundStatus as S

STARTED, DONE = "customer_refund_started", "customer_refund_done"
FAILED, RETURNED, CANCELLED = "customer_refund_failed", "customer_refund_returned", "customer_refund_cancelled"

KINDS = {
    "refund.requested": STARTED,  # of a claim that nobody has to approve there is no other event
    "refund.awaiting_claim": STARTED,
    "refund.queued": STARTED,
    "refund.succeeded": DONE,
    "refund.failed": FAILED,
    "refund.returned": RETURNED,
    "refund.cancelled": CANCELLED,
}
# Where a refund stands by the time of telling, and a message would be untrue.
UNTRUE = {
    STARTED: {S.AWAITING_APPROVAL, S.CANCELLED, S.REJECTED},
    DONE: {S.RETURNED},
    FAILED: {S.SUCCEEDED},
    RETURNED: {S.SUCCEEDED},
    CANCELLED: set(),
}
NO_ADDRESS = "There is no e-mail address of the customer."
OTHER_CUSTOMER = "The order no longer names the customer whom the credit was asked for."


def subscribe_all() -> None:
    for name in KINDS:
        subscribe(name, tell_customer)


def tell_customer(event: Event) -> None:
    """The refund is not locked for it: a worker that is about to pay would pass it over."""
    kind = KINDS[event.name]
    refund = Refund.objects.get(pk=event.data["refund_id"])
    if refund.status in UNTRUE[kind] or not is_news(kind, refund):
        return
    issue = issue_of(event)
    subject, text, html = words_of(kind, issue, event, refund=refund, **facts_of(event, refund))
    refund.order = issue.order
    is_for_another = refund.source == Source.STORE_CREDIT and goes_elsewhere(refund)
    customer = None if is_for_another else issue.order.customer
    address = customer.email if customer else ""
    message = Message(kind=kind, subject=subject, text=text, html=html, address=address, once_for=refund.pk)
    if address:
        queue_messages(event, [message])
    else:
        note_undeliverable(event, message, OTHER_CUSTOMER if is_for_another else NO_ADDRESS)


def is_news(kind: str, refund: Refund) -> bool:
    """Not twice, no beginning after an end, and no word of calling off what was never announced."""
    told = set(Delivery.objects.filter(once_for=refund.pk).values_list("kind", flat=True))
    if kind == STARTED:
        return not told
    return kind not in told and (kind != CANCELLED or STARTED in told)


def facts_of(event: Event, refund: Refund) -> dict[str, Any]:
    """The amount as the event tells it, and the day on which the money can be expected, unless it has passed."""
    day = refund.expected_by
    is_ahead = day is not None and day >= clock.now().date()
    return {"amount": money(Decimal(event.data["amount"]), refund.currency), "day": day if is_ahead else None}
