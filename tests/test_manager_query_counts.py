"""What each of the manager's pages costs in SQL statements, the CSVs and the issues behind each figure among them.

The costs are the same with few rows and with many, and stand in ``manager_query_counts.json`` for either database.
"""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from accounts.roles import MANAGER
from common import clock
from events.deliver import deliver_events
from events.models import Channel, Delivery, Event
from issues.actions.decide_approval import decide_approval
from issues.actions.delegate import delegate_decisions
from issues.actions.record_problem import record_problem
from issues.actions.update import update_issue
from issues.metrics.behind import FIGURES
from issues.models import Issue, Problem
from issues.patterns.dimensions import Dimensions
from refunds.models import Refund
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, OrderItemFactory, StoreFactory

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_midmonth"),
]

ON_FILE = Path(__file__).with_name("manager_query_counts.json")
FEW, MANY = 6, 14


def pages(problem: Problem, waiting: str) -> dict[str, str]:
    return {
        "home": reverse("web:home"),
        "approvals": reverse("web:approvals"),
        "my decisions": reverse("web:approvals") + "?status=mine",
        "a request": reverse("web:approval", args=[waiting]),
        "delegations": reverse("web:delegations"),
        "issues": reverse("web:issues"),
        "news": reverse("web:news"),
        "refunds to look into": reverse("web:refunds_waiting", args=["review"]),
        "refunds overdue": reverse("web:refunds_waiting", args=["overdue"]),
        "figures": reverse("web:figures"),
        "figures by store": reverse("web:figures") + "?group_by=store",
        "figures as csv": reverse("web:figures_csv", args=["days"]),
        **{f"issues behind {figure}": reverse("web:figure_issues", args=[figure]) for figure in FIGURES},
        "patterns": reverse("web:patterns"),
        "patterns as csv": reverse("web:patterns_csv"),
        "issues of a pattern": reverse("web:pattern_issues") + "?sku=KET-1",
        "orders of a pattern": reverse("web:pattern_orders") + "?sku=KET-1",
        "problems": reverse("web:problems"),
        "a problem": reverse("web:problem", args=[problem.pk]),
    }


@pytest.fixture
def manager():
    return EmployeeFactory(role=MANAGER)


def desk_with(count: int, manager) -> dict[str, str]:
    """``count`` of everything that the pages list: issues, requests, decisions, stuck refunds, problems, orders."""
    alice, as_manager = Actor(employee=EmployeeFactory(), via="api"), Actor(employee=manager, via="web")
    store = StoreFactory()
    IssueFactory(order=OrderFactory(store=store), created_at=clock.now() - timedelta(days=80))
    issues = [kettle(store) for _ in range(count)]
    for issue in issues:
        asked = update_issue(issue.order_id, issue.pk, large_refund(), actor=alice)
        decide_approval(asked.approval.pk, "rejected", actor=as_manager, note="No.")
    waiting = [update_issue(each.order_id, each.pk, large_refund(), actor=alice).approval for each in issues]
    stuck_refunds(issues[0], alice, count)
    OrderItemFactory.create_batch(count, order__store=store, sku="KET-1")
    problem = problems(issues, as_manager, count)
    delegations(count, as_manager)
    for _ in range(count):
        tell(manager)
    while deliver_events():
        pass
    return pages(problem, str(waiting[0].pk))


def kettle(store) -> Issue:
    order = OrderFactory(store=store, total_amount=20_000)
    item = OrderItemFactory(order=order, sku="KET-1")
    return IssueFactory(order=order, order_item=item, status="escalated", priority="critical", due_at=clock.now())


def large_refund() -> dict:
    return {"refund_amount": Decimal(6000), "refund_source": "merchant"}


def stuck_refunds(issue: Issue, alice: Actor, count: int) -> None:
    like = {"order": issue.order, "issue": issue, "currency": "USD", "source": "merchant", "payment_method": "card"}
    Refund.objects.bulk_create(
        Refund(**like, amount=1, requested_by=alice.employee, status="needs_review", expected_by="2020-01-01")
        for _ in range(count)
    )


def problems(issues: list[Issue], actor: Actor, count: int) -> Problem:
    problem, _ = record_problem(Dimensions(sku="KET-1"), [each.pk for each in issues], actor=actor, title="Kettles")
    for issue in issues[: count - 1]:
        record_problem(Dimensions(customer=issue.order.customer_id), [issue.pk], actor=actor, title="A customer")
    return problem


def delegations(count: int, actor: Actor) -> None:
    delegate = EmployeeFactory(role=MANAGER)
    for number in range(count):
        start = clock.now() + timedelta(days=2 * number)
        delegate_decisions(delegate, start, start + timedelta(days=1), actor=actor)


def tell(manager) -> None:
    Delivery.objects.create(
        event=Event.objects.create(name="test.thunder", via="web", next_attempt_at=None), kind="assigned",
        channel=Channel.IN_PRODUCT, employee=manager, address=manager.employee_id, subject="Yours", text="", url="/",
        next_attempt_at=None,
    )  # fmt: skip


@pytest.mark.parametrize("count", [FEW, MANY], ids=["few rows", "many rows"])
def test_each_page_costs_what_is_on_file(manager, count, request):
    addresses, browser, measured = desk_with(count, manager), signed_in(manager), {}
    soon = clock.now() + timedelta(minutes=1)
    for name, address in addresses.items():
        with clock.as_if_at(soon), CaptureQueriesContext(connection) as captured:
            answer = browser.get(address)
        assert answer.status_code == 200, name
        measured[name] = len(captured)
    on_file = json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}
    if request.config.getoption("--write-query-counts"):
        on_file[connection.vendor] = measured
        ON_FILE.write_text(json.dumps(on_file, indent=2) + "\n")
    assert measured == on_file[connection.vendor]
