"""Contract 5.1: who hears of what, once each, and only of what was committed."""

from decimal import Decimal

import pytest
from django.core import mail

from common.errors import ValidationFailed
from events.deliver import HAS_LEFT, deliver_due, deliver_events
from events.models import Channel, Delivery, Event
from issues.actions.create import create_issue
from issues.actions.decide_approval import decide_approval
from issues.actions.update import update_issue
from issues.errors import ApprovalAlreadyDecided
from issues.models import RoutingRule
from orders.models import Order
from refunds.actions.cancel import cancel_refund
from tests.factories import CustomerFactory, EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory

NEW = {"issue_type": "other", "description": "Something."}


@pytest.fixture
def told(db):
    """``told()``: (kind, address) of every mail so far, after the workers have done theirs."""

    def run():
        deliver_due()
        sent = Delivery.objects.filter(channel=Channel.EMAIL, sent_at__isnull=False)
        assert len(mail.outbox) == sent.count()
        return set(sent.values_list("kind", "address"))

    return run


def change(issue, actor, **changes):
    return update_issue(issue.order_id, issue.pk, changes, actor=actor)


def test_a_new_assignee_hears_of_it(told, issue, alice, sofia, as_):
    change(issue, as_(alice), assigned_to=sofia)
    assert told() == {("assigned", sofia.email)}


def test_of_several_changes_each_new_assignee_hears(told, issue, alice, sofia, max_, as_):
    for employee in (sofia, max_, alice):
        change(issue, as_(alice), assigned_to=employee)
    assert told() == {("assigned", each.email) for each in (sofia, max_, alice)}
    assert Delivery.objects.filter(channel=Channel.EMAIL).count() == 3


@pytest.mark.parametrize("fate", ["has left", "sees other stores now"])
def test_who_is_no_longer_concerned_is_not_told(told, issue, alice, max_, as_, fate):
    change(issue, as_(max_), assigned_to=alice)
    if fate == "has left":
        alice.is_active = False
    else:
        alice.team = TeamFactory()
        alice.team.stores.add(StoreFactory())
    alice.save()
    change(issue, as_(max_), priority="critical", notes="Now.")
    assert told() == {("critical", max_.email)}
    assert not Delivery.objects.filter(employee=alice).exists()


def test_who_leaves_before_a_mail_is_sent_does_not_get_it(told, issue, alice, max_, as_):
    change(issue, as_(max_), assigned_to=alice)
    while deliver_events():
        pass
    alice.is_active = False
    alice.save()
    assert told() == set()
    left = Delivery.objects.filter(employee=alice)
    assert set(left.values_list("sent_at", "next_attempt_at", "last_error")) == {(None, None, HAS_LEFT)}


def test_an_escalation_tells_the_managers_and_the_escalation_team(told, issue, sofia, max_, as_):
    member = EmployeeFactory(team=TeamFactory(takes_escalations=True))
    change(issue, as_(sofia), status="escalated")
    assert told() == {("escalated", max_.email), ("escalated", member.email)}


def test_managers_of_other_stores_are_not_told(told, issue, sofia, max_, as_):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    EmployeeFactory(role="Manager", team=team)
    change(issue, as_(sofia), status="escalated")
    assert told() == {("escalated", max_.email)}


def test_becoming_critical_tells_the_assignee_and_the_managers(told, alice, max_, as_):
    issue = IssueFactory(assigned_to=alice)
    change(issue, as_(alice), priority="critical", notes="Boss of the shop.")
    assert told() == {("critical", alice.email), ("critical", max_.email)}


def test_one_message_for_each_event_and_person_however_many_reasons_there_are(told, max_, as_):
    issue = IssueFactory(assigned_to=max_)
    change(issue, as_(max_), priority="critical", notes="x")
    assert told() == {("critical", max_.email)}
    Event.objects.update(next_attempt_at=Event.objects.first().created_at)
    assert told() == {("critical", max_.email)}


@pytest.mark.parametrize(
    ("start", "status", "kind"),
    [("in_progress", "resolved", "customer_resolved"), ("resolved", "closed", "customer_closed")],
)
def test_the_customer_hears_of_the_end(told, sofia, as_, start, status, kind):
    issue = IssueFactory(status=start)
    change(issue, as_(sofia), status=status, notes="Internal word.")
    assert told() == {(kind, issue.order.customer.email)}
    message = mail.outbox[0]
    assert "Internal word" not in message.body
    assert message.alternatives[0].mimetype == "text/html"


def test_a_request_tells_the_deciders_but_not_who_asked_and_its_end_tells_who_asked(told, alice, max_, as_):
    other = EmployeeFactory(role="Manager")
    issue = IssueFactory(order=OrderFactory(total_amount=9000))
    approval = change(issue, as_(max_), refund_amount=Decimal(6000), refund_source="merchant").approval
    assert told() == {("approval_requested", other.email)}
    decide_approval(approval.pk, "rejected", actor=as_(other), note="No.")
    assert ("approval_decided", max_.email) in told()


def test_who_asked_for_credit_hears_that_it_is_void_since_the_order_names_another_customer(told, alice, max_, as_):
    issue = IssueFactory(order=OrderFactory(total_amount=9000))
    approval = change(issue, as_(alice), refund_amount=Decimal(6000), refund_source="store_credit").approval
    Order.objects.update(customer=CustomerFactory())
    with pytest.raises(ApprovalAlreadyDecided):
        decide_approval(approval.pk, "approved", actor=as_(max_))
    assert ("approval_decided", alice.email) in told()
    [message] = [each for each in mail.outbox if each.to == [alice.email]]
    assert message.subject == f"Void: refund of {issue.number}"
    assert "The amount is free again; ask anew" in message.body


def test_nobody_is_told_by_mail_that_a_refund_was_called_back_before_it_was_decided(told, alice, max_, as_):
    issue = IssueFactory(order=OrderFactory(total_amount=9000))
    approval = change(issue, as_(alice), refund_amount=Decimal(6000), refund_source="merchant").approval
    cancel_refund(approval.refund_id, actor=as_(alice))
    assert told() == {("approval_requested", max_.email)}


@pytest.mark.parametrize(
    ("priority", "kind"), [("medium", "created"), ("high", "created_urgent"), ("critical", "created_urgent")]
)
def test_a_new_issue_tells_its_team_and_an_urgent_one_the_managers_too(told, order, alice, max_, as_, priority, kind):
    team = TeamFactory()
    member = EmployeeFactory(team=team)
    RoutingRule.objects.create(team=team)
    create_issue(order.pk, {**NEW, "priority": priority}, actor=as_(alice))
    expected = {(kind, member.email)} | ({(kind, max_.email)} if priority != "medium" else set())
    assert told() == expected


def test_a_refused_change_tells_nobody(told, issue, sofia, max_, as_):
    with pytest.raises(ValidationFailed):
        change(issue, as_(sofia), status="escalated", refund_amount=Decimal(1000), refund_source="merchant")
    assert told() == set()


def test_what_is_told_stands_in_the_product_too(told, issue, alice, sofia, as_):
    change(issue, as_(alice), assigned_to=sofia)
    told()
    news = Delivery.objects.get(channel=Channel.IN_PRODUCT)
    assert (news.employee, news.read_at, news.url) == (sofia, None, f"/issues/{issue.pk}")
