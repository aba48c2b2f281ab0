"""The words of a message to a customer, where the store has its own."""

from collections.abc import Mapping
from typing import Any

from common.display import NOTHING, money
from common.placeholders import filled_in
from issues.models import CustomerText, Issue

# What a text may name, in words for who writes it.
PLACES = {
    "customer_name": "the customer's name",
    "order_id": "the order's number",
    "issue_number": "the issue's number",
    "store": "the store's name",
    "amount": "the refund's amount",
    "expected_by": "the day on which the money can be expected",
}


def own_words(kind: str, issue: Issue, facts: Mapping[str, Any]) -> tuple[str, str] | None:
    """Subject and text; None where nobody has written any, and the built-in ones are sent."""
    customer = issue.order.customer
    language = customer.language if customer else ""
    text = CustomerText.objects.best(kind, store=issue.order.store_id, language=language)
    if text is None:
        return None
    values = values_of(issue, facts)
    return filled_in(text.subject, values), filled_in(text.body, values)


def values_of(issue: Issue, facts: Mapping[str, Any]) -> dict[str, str]:
    order, day = issue.order, facts.get("day")
    return {
        "customer_name": order.customer.name if order.customer else "",
        "order_id": order.pk,
        "issue_number": issue.number,
        "store": str(order.store),
        "amount": facts.get("amount") or money(order.refund_reserved, order.currency),
        "expected_by": day.isoformat() if day else NOTHING,
    }
