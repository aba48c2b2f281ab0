"""Asks for CHAOS_REFUNDS refunds, as an agent would, one after the other: ``python -m chaos.ask``."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402

from accounts.actor import Actor  # noqa: E402
from accounts.models import Employee  # noqa: E402
from accounts.roles import MANAGER  # noqa: E402
from chaos.payments import AMOUNT, FOR_AN_ORDER, provider_of, reference_of  # noqa: E402
from issues.actions.create import create_issue  # noqa: E402
from issues.actions.update import update_issue  # noqa: E402
from issues.models import Issue, RoutingRule, Team  # noqa: E402
from orders.actions.put_order import put_order  # noqa: E402


def somebody() -> Employee:
    RoutingRule.objects.create(team=Team.objects.create(name="Chaos"))
    manager = Employee.objects.create(employee_id="EMP-CHAOS", username="chaos", email="chaos@redress.example")
    manager.groups.add(Group.objects.get(name=MANAGER))
    return manager


def order_with_issue(number: int, *, actor: Actor) -> Issue:
    reference = reference_of(number)
    order: dict[str, Any] = {
        "store": {"id": "chaos", "name": "Chaos"},
        "customer": {"id": f"C{number}", "name": "Customer", "email": f"c{number}@customer.example"},
        "currency": "USD",
        "total_amount": AMOUNT * FOR_AN_ORDER,
        "payment": {"method": "card", "provider": provider_of(reference), "reference": reference},
    }
    put_order(f"CHAOS-{number}", order, actor=Actor.system("shop"))
    return create_issue(f"CHAOS-{number}", {"issue_type": "other", "description": "Late."}, actor=actor)


def ask_for_all(count: int) -> None:
    manager = somebody()
    for number in range(count):
        of_the_order = number % FOR_AN_ORDER
        actor = Actor(employee=manager, via="api", request_id="chaos", idempotency_key=str(number))
        if of_the_order == 0:
            issue = order_with_issue(number // FOR_AN_ORDER, actor=actor)
        changes = {"refund_amount": AMOUNT, "refund_source": "merchant"}
        update_issue(issue.order_id, issue.pk, changes, actor=actor)


if __name__ == "__main__":
    ask_for_all(int(os.environ["CHAOS_REFUNDS"]))
