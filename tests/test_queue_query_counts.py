"""What the agents' queue costs in SQL statements: the same with few rows and with many, on file for either database.

The counts stand in ``queue_query_counts.json``; ``--write-query-counts`` writes them anew.
"""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from common import clock
from issues import queue
from issues.actions.saved_views import save_view
from issues.actions.tag import change_tags
from issues.models import Issue
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, TeamFactory

pytestmark = pytest.mark.django_db

ON_FILE = Path(__file__).with_name("queue_query_counts.json")
QUEUE = reverse("admin:issues_issue_changelist")
FEW, MANY = 9, 20


@pytest.fixture
def agent(db):
    return EmployeeFactory(team=TeamFactory())


def fill(count: int, agent) -> None:
    actor = Actor(employee=agent, via="admin")
    order, now = OrderFactory(), clock.now()
    for number in range(count):
        due = now + timedelta(hours=number - count // 2)
        holder = (agent, EmployeeFactory(), None)[number % 3]
        team = TeamFactory() if number % 2 else agent.team
        issue = IssueFactory(order=order, assigned_to=holder, assigned_team=team, due_at=due)
        change_tags(issue.order_id, issue.pk, add=["fragile", f"tag-{number}"], actor=actor)
    for number in range(count // 2):
        save_view(f"View {number}", f"status=open&store=store-{number}", is_shared=True, actor=actor)


def measured(agent) -> dict[str, int]:
    client, counts = signed_in(agent), {}
    addresses = {name: urlencode(kind.parameters()) for name, kind in queue.VIEWS.items()}
    addresses |= {"all": "", "by deadline": "ordering=-due_at", "every column": f"columns={','.join(queue.COLUMNS)}"}
    for name, query in addresses.items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{QUEUE}?{query}").status_code == 200
        counts[name] = len(captured)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("admin:issues_issue_views"))
    return counts | {"own views": len(captured)}


@pytest.mark.parametrize("count", [FEW, MANY], ids=["few rows", "many rows"])
def test_each_page_of_the_queue_costs_what_is_on_file(agent, count, request):
    fill(count, agent)
    counts = measured(agent)
    on_file = json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}
    if request.config.getoption("--write-query-counts"):
        on_file[connection.vendor] = counts
        ON_FILE.write_text(json.dumps(on_file, indent=2) + "\n")
    assert counts == on_file[connection.vendor]


@pytest.mark.parametrize("door", ["preview", "deed"])
def test_a_row_of_a_bulk_costs_no_more_in_company(agent, door):
    def cost(count: int) -> int:
        issues = [IssueFactory(order=order) for _ in range(count)]
        form = {"form_id": str(uuid.uuid4()), "priority": "high", "notes": "Now.", "row": rows_of(issues)}
        with CaptureQueriesContext(connection) as captured:
            client.post(reverse("admin:issues_issue_bulk"), form | ({"confirm": "yes"} if door == "deed" else {}))
        return len(captured)

    client, order = signed_in(agent), OrderFactory()
    cost(1)
    one, two, many = cost(1), cost(2), cost(12)
    assert many - one == 11 * (two - one)


def rows_of(issues: list[Issue]) -> list[str]:
    return [f"{issue.pk}:{issue.version}" for issue in issues]
