"""What a macro's text may name of an issue. The names are put in their places once; nothing in them is looked at."""

from collections.abc import Callable

from accounts.actor import Actor
from common import placeholders
from common.display import money
from issues.models import Issue

PLACEHOLDERS: dict[str, Callable[[Issue, Actor], str]] = {
    "issue_number": lambda issue, actor: issue.number,
    "order_id": lambda issue, actor: issue.order_id,
    "customer_name": lambda issue, actor: issue.order.customer.name if issue.order.customer else "",
    "item": lambda issue, actor: issue.order_item.name if issue.order_item else "",
    "amount": lambda issue, actor: money(issue.order.total_amount, issue.order.currency),
    "refundable_amount": lambda issue, actor: money(issue.order.refundable_amount, issue.order.currency),
    "store": lambda issue, actor: issue.order.store.name,
    "agent_name": lambda issue, actor: actor.person.name,
}


def unknown_in(text: str) -> list[str]:
    """The placeholders that there are not, as they are written; stray braces too."""
    return placeholders.unknown_in(text, PLACEHOLDERS)


def unfilled_in(text: str) -> list[str]:
    """The placeholders that nobody has put a word in place of."""
    return list(dict.fromkeys(found[0] for found in placeholders.PLACE.finditer(text) if found[1] in PLACEHOLDERS))


def filled_in(text: str, issue: Issue, *, actor: Actor) -> str:
    """A name that is not known here stays as it is written: somebody sees it before it is sent."""
    named = placeholders.named_in(text) & PLACEHOLDERS.keys()
    return placeholders.filled_in(text, {name: PLACEHOLDERS[name](issue, actor) for name in named})
