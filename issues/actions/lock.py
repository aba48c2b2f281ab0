"""Take hold of one issue for a change: its order's row first, then its own."""

from uuid import UUID

from accounts.actor import Actor
from common.ids import as_uuid
from issues.errors import IssueNotFound
from issues.models import Issue
from orders.errors import OrderNotFound
from orders.models import Order


def lock_issue(order_id: str, issue_id: str | UUID, *, actor: Actor) -> Issue:
    """The issue with its order, locked to the end of the transaction.

    Raises ``OrderNotFound`` or ``IssueNotFound``, also where the actor's team does not see the store.
    """
    stores = actor.grants.stores  # read before the lock, so that it is held no longer than it must be
    uuid = as_uuid(issue_id)
    issue = Issue.objects.lock(order_id, uuid) if uuid else None
    if issue is None or (stores is not None and issue.order.store_id not in stores):
        ensure_order_exists(order_id, actor=actor)
        raise IssueNotFound
    return issue


def ensure_order_exists(order_id: str, *, actor: Actor) -> None:
    if not Order.objects.visible_to(actor.grants).filter(pk=order_id).exists():
        raise OrderNotFound
