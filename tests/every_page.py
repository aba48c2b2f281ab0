"""A desk on which every page has something to show: one of each thing, and ``count`` more of it."""

from decimal import Decimal

from accounts.actor import Actor
from accounts.roles import ADMINISTRATOR, AGENT, MANAGER
from issues.actions.add_communication import add_communication
from issues.actions.update import update_issue
from issues.models import Issue
from tests import factories
from tests.refunds.cashier import ask, pay, refund_of
from tests.rows import more_like, own_models, row_of

TOTAL = Decimal(1_000_000)


def furnish(count: int) -> None:
    alice, _, _ = (factories.EmployeeFactory(role=role) for role in (AGENT, MANAGER, ADMINISTRATOR))
    actor = Actor(employee=alice, via="admin", request_id="test")
    issue = work_on_an_issue(actor)
    give_credit(issue, count, actor)
    move_money(issue, actor)
    for model in own_models():
        more_like(row_of(model), count)


def work_on_an_issue(actor: Actor) -> Issue:
    order = factories.OrderFactory(total_amount=TOTAL)
    item = factories.OrderItemFactory(order=order)
    issue = factories.IssueFactory(order=order, order_item=item, status="closed", assigned_to=actor.employee)
    word = {"channel": "phone", "direction": "inbound", "body": "It leaks, too."}
    add_communication(order.pk, issue.pk, word, actor=actor)
    update_issue(order.pk, issue.pk, {"status": "open", "notes": "The new kettle leaks too."}, actor=actor)
    return issue


def give_credit(issue: Issue, count: int, actor: Actor) -> None:
    for cents in range(1, count + 1):
        pay(ask(issue, Decimal(cents) / 100, source="store_credit", actor=actor))


def move_money(issue: Issue, actor: Actor) -> None:
    """A refund that is paid, one that awaits approval, a claim and a payout."""
    pay(ask(issue, "1.00", actor=actor))
    other = factories.IssueFactory(order=issue.order)
    update_issue(other.order_id, other.pk, {"refund_amount": Decimal(500), "refund_source": "merchant"}, actor=actor)
    for source, method in (("insurance", "card"), ("merchant", "cash")):
        pay(refund_of(source=source, payment_method=method, by=actor.employee))


def fill_gaps() -> None:
    """On a desk that is in use: one row of whatever it has none of."""
    for model in own_models():
        row_of(model)
