"""Open an issue on an order, and route it at once."""

from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, Q, QuerySet

from accounts import roles
from accounts.actor import Actor, use_case
from accounts.models import Employee
from common import clock
from common.errors import ValidationFailed
from common.prepared import Parameter, Prepared
from events.record import record
from issues.actions.attach import attach, ensure_good_attachments
from issues.models import Issue, IssueNumber, RoutingRule, Team
from issues.models.team import works_for
from issues.routing import choose_assignee, choose_team
from issues.rules import attachment_errors
from issues.search import index_issue
from issues.sla.measure import Measure
from issues.workflow import Priority, Status
from orders.errors import OrderNotFound
from orders.models import Order, OrderItem

COPIED = ("issue_type", "description", "customer_contacted", "expected_resolution_time")


@use_case
def create_issue(order_id: str, new: Mapping[str, Any], *, actor: Actor) -> Issue:
    """``new``: ``issue_type``, ``description`` and the optional fields of contract 7, typed.

    Raises OrderNotFound, PermissionDenied, ValidationFailed and InvalidAttachment.
    """
    # Locked, so that the item it names is not taken from the order meanwhile.
    order = Order.objects.visible_to(actor.grants).lock_if_there(order_id)
    if order is None:
        raise OrderNotFound
    actor.ensure_may(roles.WORK_ISSUE)
    item = find_item(order, new)
    ensure_good_attachments(new.get("attachments", []))
    issue = Issue(
        number=next_number(),
        order=order,
        order_item=item,
        reported_by=actor.employee,
        priority=new.get("priority", Priority.MEDIUM),
        created_at=clock.now(),
        updated_at=clock.now(),
        **{name: new[name] for name in COPIED if name in new},
    )
    start_clocks(issue)
    route(issue)
    issue.save(force_insert=True)
    attach(issue, new.get("attachments", []), actor=actor)
    index_issue(issue)
    facts = {"priority": issue.priority, "assigned_to": issue.assigned_to.employee_id if issue.assigned_to else None}
    record({"issue.created": facts}, actor=actor, order_id=order.pk, issue_id=issue.pk)
    return issue


def find_item(order: Order, new: Mapping[str, Any]) -> OrderItem | None:
    item_id = new.get("order_item_id")
    if item_id is None:
        return None
    item = order.items.filter(item_id=item_id).first()
    if item is None:
        others = attachment_errors(new.get("attachments", []))
        raise ValidationFailed({"order_item_id": ["This order has no such item."], **others})
    return item


def start_clocks(issue: Issue) -> None:
    measure = Measure(issue)
    measure.opened(issue.created_at)
    measure.settle()


def next_number() -> str:
    return f"ISS-{clock.now():%Y}-{IssueNumber.objects.create().pk:06d}"


def route(issue: Issue) -> None:
    """Give the issue to a team and to its least loaded active member; without a fitting rule, to nobody."""
    issue.assigned_team = choose_team(
        _RULES.fetch(store=issue.order.store_id),
        issue_type=issue.issue_type,
        priority=issue.priority,
        store=issue.order.store_id,
    )
    if issue.assigned_team:
        issue.assigned_to_id = choose_assignee(loads_of(issue.assigned_team))


def loads_of(team: Team) -> dict[int, int]:
    """The unresolved issues in the hands of each active member."""
    return dict(_LOADS.fetch(team=team.pk))


def _loads() -> QuerySet:
    in_hand = Count("issues", filter=~Q(issues__status__in=[Status.RESOLVED, Status.CLOSED]))
    members = Employee.objects.filter(team__id=Parameter("team", BigIntegerField()), is_active=True)
    return members.annotate(in_hand=in_hand).values_list("pk", "in_hand")


def _rules() -> QuerySet:
    for_the_store = works_for(Parameter("store", CharField()), team="team__")
    return RoutingRule.objects.filter(for_the_store).select_related("team").order_by("position", "id")


_RULES = Prepared(_rules)
_LOADS = Prepared(_loads)
