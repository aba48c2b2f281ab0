"""Take hold of one issue for a change: its order's row first, then its own."""

from uuid import UUID

from accounts.actor import Actor
from common.errors import ValidationFailed
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


def lock_pair(order_id: str, issue_id: str | UUID, number: str, *, actor: Actor) -> tuple[Issue, Issue]:
    """The issue and the one called ``number``, both locked, their orders first; whichever way round they are named.

    Raises ``OrderNotFound``, ``IssueNotFound``, and ``ValidationFailed`` on ``number`` where there is no other one.
    """
    visible = Issue.objects.visible_to(actor.grants)
    issue, other = visible.find(order_id, issue_id), visible.filter(number=number.strip().upper()).first()
    if issue is None:
        ensure_order_exists(order_id, actor=actor)
        raise IssueNotFound
    if other is None or other == issue:
        reason = "This is the issue itself." if other else "There is no such issue. Check its number."
        raise ValidationFailed({"number": [reason]})
    pair = (issue.pk, other.pk)
    for each in sorted({issue.order_id, other.order_id}):  # as a bulk sorts them, whatever the database's collation
        Order.objects.lock(each)
    rows = Issue.objects.filter(pk__in=pair).select_related("order").order_by("pk")
    locked = {each.pk: each for each in rows.select_for_update(of=("self",), no_key=True)}
    return locked[pair[0]], locked[pair[1]]
