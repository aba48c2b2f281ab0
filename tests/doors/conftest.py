import uuid
from decimal import Decimal

import pytest

from issues.actions.update import update_issue
from tests.factories import IssueFactory, OrderFactory


@pytest.fixture
def closed(db):
    return IssueFactory(status="closed")


@pytest.fixture
def request_to_reopen(closed, alice, as_):
    changes = {"status": "open", "notes": "They wrote again."}
    return update_issue(closed.order_id, closed.pk, changes, actor=as_(alice)).approval


@pytest.fixture
def large_request():
    """``large_request(employee_as_actor)``: a refund of 6,000, which nobody may start alone."""

    def make(actor):
        issue = IssueFactory(order=OrderFactory(total_amount=9000))
        changes = {"refund_amount": Decimal(6000), "refund_source": "merchant", "notes": "All of it."}
        return update_issue(issue.order_id, issue.pk, changes, actor=actor).approval

    return make


@pytest.fixture
def decision():
    """What the form of a request sends."""
    return lambda word, note="": {"form_id": str(uuid.uuid4()), "decision": word, "note": note}
