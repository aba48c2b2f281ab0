"""Queues DRAIN_REFUNDS refunds at once, whose nudges were all lost: ``python -m bench.queue``.

One is asked for as an agent would; the others are copies of its rows and of their history, each with an order, a
customer and an issue of its own.
"""

import os
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.db import transaction  # noqa: E402

from accounts.actor import Actor  # noqa: E402
from accounts.models import Employee  # noqa: E402
from accounts.roles import AGENT  # noqa: E402
from bench.copies import copy  # noqa: E402
from common.nudge import nudges_held  # noqa: E402
from issues.actions.create import create_issue  # noqa: E402
from issues.actions.update import update_issue  # noqa: E402
from issues.models import Issue, RoutingRule, Team  # noqa: E402
from orders.actions.put_order import put_order  # noqa: E402
from orders.models import Customer, Order  # noqa: E402
from refunds.models import Refund  # noqa: E402

ORDER = {
    "store": {"id": "drain", "name": "Drain"},
    "customer": {"id": "drain", "name": "Drain", "email": "drain@customer.example"},
    "currency": "USD",
    "total_amount": 100,
    "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1"},
}
# The columns in which the copies differ, by the number ``n`` of the copy.
CUSTOMER_OF_N = ORDER_OF_N = "'DRAIN-' || n"
ISSUE_OF_N = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
REFUND_OF_N = "('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid"
OF_ISSUE = {"id": ISSUE_OF_N, "number": "'DRAIN-' || n", "order_id": ORDER_OF_N}
OF_REFUND = {"id": REFUND_OF_N, "order_id": ORDER_OF_N, "issue_id": ISSUE_OF_N}
OF_CUSTOMER = {"id": CUSTOMER_OF_N, "email": "n || '@customer.example'"}
OF_ORDER = {"id": ORDER_OF_N, "customer_id": CUSTOMER_OF_N}
COPIES = {Order: OF_ORDER, Issue: OF_ISSUE, Refund: OF_REFUND}


def ask_for_one() -> None:
    agent = Employee.objects.create(employee_id="EMP-DRAIN", username="drain", email="drain@redress.example")
    agent.groups.add(Group.objects.get(name=AGENT))
    RoutingRule.objects.create(team=Team.objects.create(name="Drain"))
    actor = Actor(employee=agent, via="api", request_id="drain")
    put_order("DRAIN", ORDER, actor=Actor.system("shop"))
    issue = create_issue("DRAIN", {"issue_type": "other", "description": "The lid is cracked."}, actor=actor)
    update_issue("DRAIN", issue.pk, {"refund_amount": Decimal(10), "refund_source": "merchant"}, actor=actor)


def queue(count: int) -> None:
    with transaction.atomic(), nudges_held():
        ask_for_one()
        source = f"generate_series(1, {count - 1}) n"
        copy(Customer, Customer.objects.get(), source, OF_CUSTOMER)
        for model, differing in COPIES.items():
            row = model.objects.get()
            copy(model, row, source, differing)
            for told in row.history.order_by("history_id"):
                copy(type(told), told, source, differing)


if __name__ == "__main__":
    queue(int(os.environ["DRAIN_REFUNDS"]))
