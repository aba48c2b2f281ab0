"""A desk of 100,000 issues, made by the database out of one of each: ``python -m bench.many``, which prints JSON.

The issues are spread over a year, and each has lived as far as its age allows. Their figures are read from their
audit by the desk's own code, and how long that took is told.
"""

import json
import os
import sys
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.actions.create_key import create_key  # noqa: E402
from accounts.actor import Actor  # noqa: E402
from accounts.models import Employee, Scope  # noqa: E402
from accounts.roles import MANAGER  # noqa: E402
from bench.copies import copy  # noqa: E402
from common import clock  # noqa: E402
from issues.actions.create import create_issue  # noqa: E402
from issues.metrics.folds import fold_months  # noqa: E402
from issues.metrics.keeping import read_unread  # noqa: E402
from issues.models import Issue, Team  # noqa: E402
from issues.queue import VIEWS  # noqa: E402
from issues.workflow import IssueType, Priority, Status  # noqa: E402
from orders.actions.put_order import put_order  # noqa: E402
from orders.models import Customer, Order, OrderItem, Store  # noqa: E402

ISSUES, DAYS = int(os.environ.get("BENCH_ISSUES", "100000")), 365
STORES, SKUS, CUSTOMERS, AGENTS = 8, 400, 20_000, 40
STEPS = (Status.OPEN, Status.INVESTIGATING, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED)
HOURS = 30  # between two steps at most
STUCK = 20  # one of so many issues gets no further than being worked on

# Of the issue number ``n``, by arithmetic that scatters.
BEGAN = f"(now() - make_interval(secs => (n * 48271::bigint) % {DAYS * 86400}))"
ISSUE = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
ORDER = "'MANY-' || n"
A_STEP = f"(60 + (n * 7919::bigint) % {HOURS * 3600})"  # seconds
FURTHEST = f"CASE WHEN n % {STUCK} = 0 THEN 1 + n / {STUCK} % 3 ELSE {len(STEPS)} END"
REACHED = f"least({FURTHEST}, 1 + floor(extract(epoch FROM now() - {BEGAN}) / {A_STEP}))::int"
STEP_AT = f"({BEGAN} + make_interval(secs => (step - 1) * {A_STEP}))"


def one_of(words: list[str], scatter: int) -> str:
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])[1 + (n * {scatter}::bigint) % {len(words)}]"


def make_templates(actor: Actor) -> tuple[Order, Issue]:
    content: dict[str, Any] = {
        "store": {"id": "store-0"}, "customer": {"id": "customer-0", "email": "a@customer.example"}, "currency": "USD",
        "total_amount": 100, "payment": {"method": "card", "provider": "sandbox", "reference": "pay_ok_1"},
        "partner": "Parcel One",
        "items": [{"id": "line-1", "sku": "SKU-0", "name": "Kettle", "quantity": 1, "unit_price": 100}],
    }  # fmt: skip
    put_order("MANY-0", content, actor=Actor.system("shop"))
    new = {"issue_type": "other", "description": "The lid is cracked.", "order_item_id": "line-1"}
    return Order.objects.get(pk="MANY-0"), create_issue("MANY-0", new, actor=actor)


def make_many(order: Order, issue: Issue) -> None:
    Store.objects.bulk_create(Store(pk=f"store-{number}") for number in range(1, STORES))
    Customer.objects.bulk_create(Customer(pk=f"customer-{number}") for number in range(1, CUSTOMERS))
    teams = [team.pk for team in Team.objects.bulk_create(Team(name=f"Team {number}") for number in range(6))]
    first_agent = make_agents(teams)
    every = f"generate_series(1, {ISSUES}) n"
    store = f"'store-' || (n * 31::bigint) % {STORES}"
    team = f"{teams[0]} + (n * 17::bigint) % {len(teams)}"
    place = {"assigned_team_id": team, "priority": one_of(Priority.values, 13)}
    place["assigned_to_id"] = f"CASE WHEN n % 7 > 0 THEN {first_agent} + (n / {STUCK}) % {AGENTS} END"
    sold = {"id": ORDER, "store_id": store, "customer_id": f"'customer-' || (n * 7::bigint) % {CUSTOMERS}"}
    sold |= {"partner": one_of(["", "Parcel One", "Blue Courier"], 5), "created_at": BEGAN}
    copy(Order, order, every, sold)
    order_row = order.history.get()
    copy(type(order_row), order_row, every, sold | {"history_date": f"{BEGAN} - interval '1 day'"})
    item = order.items.get()
    copy(OrderItem, item, every, {"order_id": ORDER, "sku": f"'SKU-' || (n * 11::bigint) % {SKUS}"})
    status = f"(ARRAY[{', '.join(repr(str(each)) for each in STEPS)}])"
    opened = {"id": ISSUE, "number": "'MANY-' || n", "order_id": ORDER, "issue_type": one_of(IssueType.values, 3)}
    item_id = f"(SELECT i.id FROM orders_orderitem i WHERE i.order_id = {ORDER})"
    opened |= place | {"created_at": BEGAN, "updated_at": BEGAN}
    opened |= {"status": f"{status}[{REACHED}]", "order_item_id": item_id, "due_at": f"{BEGAN} + interval '30 days'"}
    opened |= {"follow_up_required": "n % 50 = 0", "follow_up_date": f"CASE WHEN n % 50 = 0 THEN {BEGAN} END"}
    copy(Issue, issue, every, opened)
    row, steps = issue.history.get(), f"{every}, generate_series(1, {len(STEPS)}) step"
    lived = place | {"id": ISSUE, "version": "step", "status": f"{status}[step]", "history_date": STEP_AT}
    lived["first_response_at"] = f"CASE WHEN step > 1 THEN {BEGAN} + interval '1 hour' * (1 + n % 40) END"
    lived["customer_satisfied"] = "CASE WHEN step = 5 AND n % 3 = 0 THEN n % 4 > 0 END"
    copy(type(row), row, f"(SELECT * FROM {steps} WHERE step <= {REACHED} ORDER BY n, step) lived", lived)
    Issue.objects.filter(pk=issue.pk).update(status="closed")


def make_agents(teams: list[int]) -> int:
    """The key of the first; the manager who looks at the pages is one of them, and has issues like everybody."""
    agents = Employee.objects.bulk_create(
        Employee(employee_id=f"EMP-M{number}", username=f"many{number}", team_id=teams[number % len(teams)])
        for number in range(AGENTS - 1)
    )
    Employee.objects.filter(username="many").update(team_id=teams[0])
    return agents[0].pk - 1


def manager() -> Employee:
    employee = Employee.objects.create(
        employee_id="EMP-MANY", username="many", email="many@redress.example", is_staff=True
    )
    employee.groups.add(Group.objects.get(name=MANAGER))
    return employee


def session_of(employee: Employee) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(employee.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = employee.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def prepared() -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    employee = manager()
    make_many(*make_templates(Actor(employee=employee, via="api", request_id="bench")))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    for _ in read_unread():
        pass
    while fold_months():
        pass
    key = create_key(employee=employee, scopes=[Scope.ISSUES_READ, Scope.METRICS_READ], actor=Actor.system("bench"))
    seconds = round(time.perf_counter() - began, 1)
    today = clock.now().date()
    return {
        "key": key.secret,
        "session": session_of(employee),
        "issues": ISSUES,
        "seconds_to_read_all": seconds,
        "views": {name: urlencode(kind.parameters()) for name, kind in VIEWS.items()},
        "year": {"from": str(today - timedelta(days=DAYS - 1)), "to": str(today)},
    }


if __name__ == "__main__":
    json.dump(prepared(), sys.stdout)
