"""What each call costs in SQL statements is written down in ``query_counts.json``, for either database.

Authentication, begin, savepoints and commit count too. The costs are compared exactly, and are the same with few rows
and with many: ``pytest tests/test_query_counts.py --write-query-counts`` writes the file anew.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.roles import SENIOR_AGENT
from common import clock
from events.actions.create_webhook import create_webhook
from events.models import Event, FeedHead, WebhookDelivery
from events.webhooks.take import take
from issues.models import Approval, Communication, Issue, Note
from issues.search import index_issue
from refunds.models import Refund
from tests.api_client import ApiClient, path_of
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, key_for

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_midmonth"),
]

ON_FILE = Path(__file__).with_name("query_counts.json")
FEW, MANY = {"rows": 2, "history": 10}, {"rows": 200, "history": 2000}
ORDER = {"store": {"id": "berlin"}, "currency": "USD", "total_amount": 10, "payment": {"method": "card"}}
REFUND = {"refund_amount": 1, "refund_source": "merchant"}

Call = Callable[[ApiClient, Issue], object]

# What the issue of the desk calls at most (contract and issue), beside what is on file.
AT_MOST = {"list": 3, "list of an order": 3, "detail": 6, "detail as of": 6, "update": 12}

CALLS: dict[str, Call] = {
    "list": lambda api, issue: api.get("/issues?limit=50"),
    "list, filtered": lambda api, issue: api.get("/issues?status=open&priority=medium,high&assigned_to=none"),
    "list, searched": lambda api, issue: api.get("/issues?q=kettle+broken"),
    "list of an order": lambda api, issue: api.get(f"/orders/{issue.order_id}/issues"),
    "detail": lambda api, issue: api.get(path_of(issue)),
    "detail as of": lambda api, issue: api.get(f"{path_of(issue)}?as_of={_now()}"),
    "timeline": lambda api, issue: api.get(f"{path_of(issue)}/timeline"),
    "history": lambda api, issue: api.get(f"{path_of(issue)}/history"),
    "timeline, two pages": lambda api, issue: follow(api, api.get(f"{path_of(issue)}/timeline?limit=5")),
    "history, two pages": lambda api, issue: follow(api, api.get(f"{path_of(issue)}/history?limit=5")),
    "communications": lambda api, issue: api.get(f"{path_of(issue)}/communications"),
    "refunds of an issue": lambda api, issue: api.get(f"{path_of(issue)}/refunds"),
    "refunds": lambda api, issue: api.get("/refunds"),
    "approvals": lambda api, issue: api.get("/approvals"),
    "events": lambda api, issue: api.get("/events"),
    "events, gone on": lambda api, issue: api.get("/events?after=0&limit=2"),
    "webhooks": lambda api, issue: api.shop.get("/webhooks"),
    "deliveries of a webhook": lambda api, issue: api.shop.get(f"/webhooks/{api.webhook}/deliveries"),
    "take a delivery": lambda api, issue: Taken(take("prompt")),
    "figures": lambda api, issue: api.get("/metrics/resolution"),
    "figures, grouped": lambda api, issue: api.get("/metrics/resolution?group_by=team&team=none"),
    "order": lambda api, issue: api.get(f"/orders/{issue.order_id}"),
    "update": lambda api, issue: api.patch(
        path_of(issue), {"updated_by": "EMP-ALICE", "status": "investigating", "notes": "Looking."}
    ),
    "update, safe to repeat": lambda api, issue: api.patch(
        path_of(issue), {"updated_by": "EMP-ALICE", "status": "in_progress", "notes": "On."}, Idempotency_Key="k"
    ),
    "create": lambda api, issue: api.post(
        f"/orders/{issue.order_id}/issues",
        {"reported_by": "EMP-ALICE", "issue_type": "other", "description": "Torn."},
    ),
    "put order": lambda api, issue: api.put("/orders/NEW", ORDER),
    "update, with a refund": lambda api, issue: api.patch(
        path_of(issue),
        {"updated_by": "EMP-ALICE", "status": "investigating", "notes": "Paid.", **REFUND},
    ),
}


def follow(api: ApiClient, page):
    return api.get(page.json()["next"].removeprefix("http://testserver/api/v1"))


def _now() -> str:
    return clock.now().isoformat().replace("+00:00", "Z")


@pytest.fixture
def desk():
    """``desk(rows=…, history=…)``: a client, and the issue that has the history; as many other issues beside it."""

    def desk(*, rows: int, history: int) -> tuple[ApiClient, Issue]:
        alice = EmployeeFactory(employee_id="EMP-ALICE", role=SENIOR_AGENT)
        order = OrderFactory()
        issue = IssueFactory(order=order, reported_by=alice)
        others = [IssueFactory(order=order, reported_by=alice) for _ in range(rows)]
        for each in (issue, *others):
            index_issue(each)
        live_through(issue, alice, history)
        refund_and_ask(issue, alice, rows)
        api = ApiClient(key_for(alice))
        api.shop, api.webhook = ApiClient(key_for()), be_told(rows)
        api.shop.get("/webhooks")
        api.get("/issues")  # from here on ``last_used_at`` is young, and prepared statements are
        return api, issue

    return desk


def be_told(count: int) -> UUID:
    """As many webhooks, the last of them with as many deliveries; their events have their places already."""
    new = {"url": "https://shop.example/hook", "events": ["*"]}
    endpoint = [create_webhook(new, actor=Actor.system("test")).endpoint for _ in range(count)][-1]
    places = range(1, count + 1)
    events = Event.objects.bulk_create(
        Event(name="test.thunder", via="system", position=place, next_attempt_at=None) for place in places
    )
    FeedHead.objects.update(placed=count)
    WebhookDelivery.objects.bulk_create(WebhookDelivery(endpoint=endpoint, event=event) for event in events)
    return endpoint.pk


class Taken:
    """What was taken, as if it were an answer."""

    def __init__(self, delivery: WebhookDelivery | None) -> None:
        self.status_code = 200 if delivery else 404


def live_through(issue: Issue, author, count: int) -> None:
    """History rows, notes and communications, ``count`` of each, as if they had been written one by one."""
    first = issue.history.get()
    moments = [issue.created_at + timedelta(milliseconds=number) for number in range(1, count + 1)]
    rows = []
    for version, at in enumerate(moments, start=2):
        row = type(first)(**{field.attname: getattr(first, field.attname) for field in first._meta.concrete_fields})
        row.history_id, row.version, row.history_date, row.updated_at = None, version, at, at
        row.priority = ["high", "medium"][version % 2]
        rows.append(row)
    type(first).objects.bulk_create(rows)
    said = {"issue": issue, "author": author, "via": "api"}
    Note.objects.bulk_create(
        Note(**said, body="So.", issue_version=version, created_at=at) for version, at in enumerate(moments, start=2)
    )
    Communication.objects.bulk_create(
        Communication(**said, body="Hello.", channel="sms", direction="inbound", created_at=at) for at in moments
    )


def refund_and_ask(issue: Issue, by, count: int) -> None:
    Refund.objects.bulk_create(
        Refund(
            order=issue.order, issue=issue, amount=1, currency="USD", source="merchant", payment_method="card",
            status="failed", provider="sandbox", requested_by=by,
        )
        for _ in range(count)
    )  # fmt: skip
    Approval.objects.bulk_create(
        Approval(
            kind="refund", status="rejected", issue=issue, requested_by=by, decided_by=EmployeeFactory(), via="api",
            expires_at=clock.now(),
        )
        for _ in range(count)
    )  # fmt: skip


def statements(api: ApiClient, issue: Issue) -> dict[str, int]:
    counts = {}
    for name, call in CALLS.items():
        with CaptureQueriesContext(connection) as captured:
            answer = call(api, issue)
        assert answer.status_code < 300, answer.json()
        counts[name] = len(captured)
    return counts


@pytest.mark.parametrize("size", [FEW, MANY], ids=["few rows", "many rows"])
def test_each_call_costs_what_is_on_file(desk, size, request):
    measured = statements(*desk(**size))
    on_file = json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}
    if request.config.getoption("--write-query-counts"):
        on_file[connection.vendor] = measured
        ON_FILE.write_text(json.dumps(on_file, indent=2) + "\n")
    assert measured == on_file[connection.vendor]


@pytest.mark.parametrize("name", AT_MOST)
def test_no_cost_on_file_passes_its_limit(name):
    for counts in json.loads(ON_FILE.read_text()).values():
        assert counts[name] <= AT_MOST[name]


def test_a_refund_costs_the_update_five_statements_at_most():
    for counts in json.loads(ON_FILE.read_text()).values():
        assert counts["update, with a refund"] - counts["update"] <= 5
