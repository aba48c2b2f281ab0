"""A request for approval that nobody decides: its money is free again, and it is no longer put before anybody."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.actor import Actor
from common import clock
from events.deliver import deliver_due
from issues.actions.close_stale import expire_approvals
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.errors import ApprovalAlreadyDecided
from issues.models import Approval
from issues.workflow import ApprovalStatus
from orders.models import Order
from refunds.actions.cancel import cancel_refund
from refunds.models import Refund, RefundStatus
from tests import factories

JOB = Actor.system("expire-approvals")


@pytest.fixture
def asked(alice, as_):
    """An approval of 200 of 500."""
    issue = factories.IssueFactory(order=factories.OrderFactory(total_amount=Decimal(500)))
    changes = {"refund_amount": Decimal(200), "refund_source": "merchant"}
    return update_issue(issue.order_id, issue.pk, changes, actor=as_(alice)).approval


def after_a_week():
    return clock.as_if_at(clock.now() + timedelta(days=7, seconds=1))


def reserved() -> Decimal:
    return Order.objects.get().refund_reserved


def test_after_a_week_the_job_ends_it_and_frees_the_money(asked):
    with after_a_week():
        assert expire_approvals(actor=JOB) == 1
    asked.refresh_from_db()
    assert (asked.status, asked.refund.status, reserved()) == (ApprovalStatus.EXPIRED, RefundStatus.REJECTED, 0)


def test_one_that_cannot_end_keeps_nobody_behind_it_waiting(asked, alice, as_):
    """Its order's counter is wrong already, so that the database refuses to free the amount."""
    Order.objects.update(refund_reserved=0)
    closed = factories.IssueFactory(status="closed")
    behind = update_issue(closed.order_id, closed.pk, {"status": "open"}, actor=as_(alice)).approval
    with after_a_week():
        assert expire_approvals(actor=JOB) == 1
    asked.refresh_from_db()
    behind.refresh_from_db()
    assert (asked.status, behind.status) == (ApprovalStatus.PENDING, ApprovalStatus.EXPIRED)
    assert asked.refund.status == RefundStatus.AWAITING_APPROVAL


def test_a_decider_who_comes_too_late_ends_it_and_frees_the_money(asked, max_, as_):
    with after_a_week(), pytest.raises(ApprovalAlreadyDecided) as refused:
        decide_approval(asked.pk, ApprovalStatus.APPROVED, actor=as_(max_))
    assert refused.value.facts["status"] == ApprovalStatus.EXPIRED
    assert (Refund.objects.get().status, reserved()) == (RefundStatus.REJECTED, 0)


def test_a_refund_that_is_cancelled_takes_its_request_with_it(asked, alice, as_):
    cancel_refund(asked.refund_id, actor=as_(alice))
    deliver_due()
    asked.refresh_from_db()
    assert asked.status == ApprovalStatus.SUPERSEDED


def test_a_refund_that_is_cancelled_does_not_stop_the_job(asked, alice, as_):
    cancel_refund(asked.refund_id, actor=as_(alice))
    with after_a_week():
        assert expire_approvals(actor=JOB) == 1
    assert Approval.objects.get().status == ApprovalStatus.EXPIRED
    assert Refund.objects.get().status == RefundStatus.CANCELLED
