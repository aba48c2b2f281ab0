"""Issues that belong to the same trouble as one on the desk: the customer's, and the item's."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.actor import Actor, Grants
from accounts.roles import VIEW_METRICS
from issues.models import Issue, Problem
from orders.models import OrderItem

FEW = 5


@dataclass(frozen=True)
class Related:
    title: str
    issues: list[Issue]
    has_more: bool
    query: str  # words that find all of them in a list of issues


def related_to(issue: Issue, *, grants: Grants) -> list[Related]:
    """The newest of each kind that somebody with ``grants`` sees; one statement for each kind there is."""
    lists = [_of_customer(issue, grants)]
    if issue.order_item is not None:
        lists.append(_of_item(issue, issue.order_item, grants))
    return lists


def problems_of(issue: Issue, actor: Actor) -> list[Problem]:
    """What the issue is a case of, the newest first; for who may see the pages of problems."""
    if not actor.may(VIEW_METRICS):
        return []
    problems = Problem.objects.visible_to(actor.grants).filter(links__issue=issue)
    return list(problems.order_by("-created_at", "-id")[:FEW])


def _of_customer(issue: Issue, grants: Grants) -> Related:
    customer = issue.order.customer
    if customer is None:
        others = Issue.objects.visible_to(grants).filter(order=issue.order_id)
        return _few("Other issues of this order", others, issue, issue.order_id)
    others = Issue.objects.visible_to(grants).filter(order__customer=customer)
    return _few("The customer's other issues", others, issue, customer.email or customer.name or customer.pk)


def _of_item(issue: Issue, item: OrderItem, grants: Grants) -> Related:
    """Of the same article in any order, or where it has no number, of this very item."""
    same = OrderItem.objects.filter(~Q(sku=""), sku=item.sku)
    others = Issue.objects.visible_to(grants)
    others = others.filter(order_item__in=same) if item.sku else others.filter(order_item=item)
    return _few(f"Other issues with {item}", others, issue, "")


def _few(title: str, others: QuerySet[Issue], issue: Issue, query: str) -> Related:
    newest = list(others.exclude(pk=issue.pk).order_by("-created_at", "-id")[: FEW + 1])
    return Related(title, newest[:FEW], len(newest) > FEW, query)
