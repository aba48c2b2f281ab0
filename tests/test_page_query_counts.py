"""What each page about refunds costs in SQL statements, as ``test_query_counts`` has it for the API.

The costs are the same with few rows and with many, and stand in ``page_query_counts.json`` for either database.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from accounts.roles import MANAGER
from common import clock
from issues.actions.update import update_issue
from issues.models import Approval
from refunds.actions.reconcile import reconcile
from refunds.models import Finding, Reconciliation, Refund, RefundAttempt
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory
from tests.refunds.cashier import ask, pay

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ON_FILE = Path(__file__).with_name("page_query_counts.json")
FEW, MANY = 2, 60


@pytest.fixture(autouse=True)
def sandbox_books(settings, tmp_path):
    settings.SANDBOX_STORE = tmp_path / "sandbox.sqlite3"


def pages(refund: Refund) -> dict[str, str]:
    refunds = reverse("admin:refunds_refund_changelist")
    return {
        "refunds": refunds,
        "refunds, needing review": f"{refunds}?status__exact=needs_review",
        "refunds, overdue": f"{refunds}?arrival=overdue",
        "a refund": reverse("admin:refunds_refund_change", args=[refund.pk]),
        "findings": reverse("admin:refunds_finding_changelist"),
        "a finding": reverse("admin:refunds_finding_change", args=[Finding.objects.first().pk]),
        "reconciliations": reverse("admin:refunds_reconciliation_changelist"),
        "reports": reverse("web:refunds"),
        "a request of a refund": reverse("web:approval", args=[Approval.objects.get().pk]),
    }


@pytest.fixture
def browser():
    browser = Client()
    browser.force_login(EmployeeFactory(role=MANAGER), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def refund_beside(count: int) -> Refund:
    """A refund with ``count`` others on its order, all tried, and as many findings and runs."""
    alice, order = EmployeeFactory(), OrderFactory(total_amount=10_000)
    issue = IssueFactory(order=order)
    refund = ask(issue, "1.00", actor=Actor(employee=alice, via="api"))
    pay(refund)
    like = {"order": order, "issue": issue, "currency": "USD", "source": "merchant", "payment_method": "card"}
    others = Refund.objects.bulk_create(
        Refund(
            **like, amount=1, provider="sandbox", requested_by=alice, status="needs_review", expected_by="2020-01-01"
        )
        for _ in range(count)
    )
    RefundAttempt.objects.bulk_create(RefundAttempt(refund=each, number=1, idempotency_key=each.pk) for each in others)
    update_issue(
        order.pk,
        IssueFactory(order=order).pk,
        {"refund_amount": Decimal("500"), "refund_source": "merchant"},
        actor=Actor(employee=alice, via="api"),
    )
    run = reconcile(actor=Actor.system("test"))
    now = clock.now()
    Finding.objects.bulk_create(
        Finding(kind="unknown_here", key=f"k{number}", order=order, refund=refund, ours="", theirs="", first_seen=now,
                last_seen=now, seen_in=run)
        for number in range(count)
    )  # fmt: skip
    Reconciliation.objects.bulk_create(Reconciliation(since=now) for _ in range(count))
    return refund


def statements(browser: Client, refund: Refund) -> dict[str, int]:
    counts = {}
    for name, address in pages(refund).items():
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(address)
        assert answer.status_code == 200, name
        counts[name] = len(captured)
    return counts


@pytest.mark.parametrize("count", [FEW, MANY], ids=["few rows", "many rows"])
def test_each_page_costs_what_is_on_file(browser, count, request):
    measured = statements(browser, refund_beside(count))
    on_file = json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}
    if request.config.getoption("--write-query-counts"):
        on_file[connection.vendor] = measured
        ON_FILE.write_text(json.dumps(on_file, indent=2) + "\n")
    assert measured == on_file[connection.vendor]
