"""The page of an issue: what it shows and offers to whom, and the acts that need one click."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import ApiKey
from common import clock
from issues.actions.request_approval import request_approval
from issues.actions.update import update_issue
from issues.models import Issue
from refunds.models import Refund
from tests.doors.doors import CODE, FORM_DOORS, filled_in, outcome_of, signed_in
from tests.factories import (
    EmployeeFactory,
    IssueFactory,
    OrderFactory,
    OrderItemFactory,
    StoreFactory,
    TeamFactory,
    key_for,
)
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
through_every_form = pytest.mark.parametrize("door", FORM_DOORS, ids=lambda door: door.via)

PAGES = {"web": {"take": "web:take_issue", "refund": "web:issue_refunds"},
         "admin": {"take": "admin:issues_issue_take", "refund": "admin:issues_issue_refunds"}}  # fmt: skip


def address_of(door, page, issue) -> str:
    return reverse(PAGES[door.via][page], args=[issue.pk])


def shown(door, employee, issue, query=""):
    return signed_in(employee).get(door.address(issue) + query)


# Moves


@through_every_form
def test_what_one_may_not_do_is_shown_with_the_reason_and_who_could(door, alice, issue):
    moves = shown(door, alice, issue).context["moves"]
    reasons = {move.target: move.reason for move in moves.others}
    assert "Your role may not move an issue into or out of “Escalated”" in reasons["escalated"]
    assert "Who could: Administrator, Manager or Senior agent." in reasons["escalated"]
    assert reasons["resolved"] == "Not from Open; it comes after In progress or Escalated."
    assert {move.target for move in moves.offered} | reasons.keys() == {
        "investigating", "in_progress", "resolved", "closed", "escalated",
    }  # fmt: skip


@through_every_form
def test_a_step_that_was_asked_for_says_so(door, alice, issue, as_):
    request_approval(issue.order_id, issue.pk, "escalate", "Third time.", actor=as_(alice))
    moves = shown(door, alice, issue).context["moves"]
    reason = next(move.reason for move in moves.others if move.target == "escalated")
    assert reason.startswith("It was asked for and waits for a decision.")


@through_every_form
def test_who_could_follows_what_administrators_changed(door, alice, issue):
    from django.contrib.auth.models import Group

    Group.objects.exclude(name="Agent").delete()
    moves = shown(door, alice, issue).context["moves"]
    reason = next(move.reason for move in moves.others if move.target == "escalated")
    assert "No role may at present" in reason


@through_every_form
def test_resolving_with_a_note_is_one_act(door, alice):
    issue = IssueFactory(status="in_progress")
    data = filled_in(issue, {"notes": "Sent a new one."}) | {"move": "resolved"}
    assert outcome_of(signed_in(alice).post(door.address(issue), data)).code == ""
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.status, issue.version, issue.notes.get().body) == ("resolved", 2, "Sent a new one.")


@through_every_form
def test_resolving_without_a_note_says_where_it_goes(door, alice):
    issue = IssueFactory(status="in_progress")
    with nothing_happens():
        outcome = outcome_of(signed_in(alice).post(door.address(issue), filled_in(issue, {}) | {"move": "resolved"}))
    assert (outcome.code, outcome.fields) == ("VALIDATION_ERROR", {"notes"})


@through_every_form
def test_a_move_that_is_not_offered_is_refused_all_the_same(door, alice, issue):
    data = filled_in(issue, {"notes": "x"}) | {"move": "escalated"}
    with nothing_happens():
        assert outcome_of(signed_in(alice).post(door.address(issue), data)).code == "PERMISSION_DENIED"


@through_every_form
def test_what_a_form_does_not_send_stays_as_it_is(door, alice, sofia, as_, issue):
    changes = {"assigned_to": sofia, "follow_up_required": True, "resolution_description": "Soon."}
    issue = update_issue(issue.order_id, issue.pk, changes, actor=as_(alice)).issue
    sent = {"form_id": str(uuid.uuid4()), "version": str(issue.version), "notes": "Only this."}
    assert outcome_of(signed_in(alice).post(door.address(issue), sent)).code == ""
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.assigned_to, issue.follow_up_required, issue.resolution_description) == (sofia, True, "Soon.")


# Take it


@through_every_form
def test_an_issue_is_taken_by_one_click(door, alice, issue):
    client = signed_in(alice)
    sent = {"form_id": str(uuid.uuid4()), "held_by": ""}
    assert client.post(address_of(door, "take", issue), sent).status_code == 302
    assert client.post(address_of(door, "take", issue), sent).status_code == 302, "a second click is no error"
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.assigned_to, issue.version, issue.history.first().via) == (alice, 2, door.via)
    assert "In your hands" in shown(door, alice, issue).content.decode()


@through_every_form
def test_a_note_since_then_does_not_hinder_taking_it(door, alice, sofia, issue, as_):
    update_issue(issue.order_id, issue.pk, {"notes": "Called."}, actor=as_(sofia))
    sent = {"form_id": str(uuid.uuid4()), "held_by": ""}
    assert signed_in(alice).post(address_of(door, "take", issue), sent).status_code == 302
    assert Issue.objects.get(pk=issue.pk).assigned_to == alice


@through_every_form
def test_what_somebody_else_took_meanwhile_is_not_taken_from_them_unseen(door, alice, sofia, issue, as_):
    update_issue(issue.order_id, issue.pk, {"assigned_to": sofia}, actor=as_(sofia))
    client, sent = signed_in(alice), {"form_id": str(uuid.uuid4()), "held_by": ""}
    with nothing_happens():
        refused = client.post(address_of(door, "take", issue), sent)
    assert refused.status_code == 422
    assert f"{sofia.name} has it now" in refused.content.decode()
    again = sent | {"held_by": refused.context["take_form"]["held_by"].value()}
    assert client.post(address_of(door, "take", issue), again).status_code == 302
    assert Issue.objects.get(pk=issue.pk).assigned_to == alice


@through_every_form
def test_a_closed_issue_is_not_offered_to_be_taken(door, alice, closed):
    assert not shown(door, alice, closed).context["take_form"].has_a_use
    with nothing_happens():
        refused = signed_in(alice).post(address_of(door, "take", closed), {"form_id": str(uuid.uuid4()), "held_by": ""})
    assert CODE.search(refused.content.decode())[1] == "ISSUE_CLOSED"


# Refund


@through_every_form
def test_a_refund_is_sent_by_a_form_of_its_own_and_once(door, alice, issue):
    client, sent = signed_in(alice), {
        "form_id": str(uuid.uuid4()), "version": "1", "refund_amount": "40", "refund_source": "merchant",
        "notes": "Broken.",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(address_of(door, "refund", issue), sent).status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.requested_by) == (Decimal(40), "queued", alice)
    assert Issue.objects.get(pk=issue.pk).notes.get().body == "Broken."


@through_every_form
def test_the_dialog_says_what_is_left_and_what_will_need_approval(door, alice, as_):
    issue = IssueFactory(order=OrderFactory(total_amount=400))
    update_issue(
        issue.order_id, issue.pk, {"refund_amount": Decimal(30), "refund_source": "merchant"}, actor=as_(alice)
    )
    response = shown(door, alice, issue)
    offer = response.context["refund_offer"]
    assert (offer.refundable, offer.limit, offer.left, offer.used) == (370, 100, 70, 30)
    assert {str(way.source): way.expected_by for way in offer.ways}["store_credit"] == clock.now().date()
    page = response.content.decode()
    assert 'data-left="70.00' in page
    assert "Above 70.00 USD it waits for a manager" in page


@through_every_form
@pytest.mark.parametrize(("amount", "said"), [("", "Say how much."), ("401", "At most 400.00 USD")])
def test_a_refund_that_can_not_be_is_told_in_the_dialog(door, alice, amount, said):
    issue = IssueFactory(order=OrderFactory(total_amount=400))
    sent = {"form_id": str(uuid.uuid4()), "version": "1", "refund_amount": amount, "refund_source": "merchant"}
    with nothing_happens():
        refused = signed_in(alice).post(address_of(door, "refund", issue), sent)
    page = refused.content.decode()
    assert (refused.status_code, said in page, "data-refused" in page) == (422, True, True)


@through_every_form
def test_why_no_refund_can_be_started(door, alice, closed):
    assert "reopen it first" in shown(door, alice, closed).content.decode()
    spent = IssueFactory(order=OrderFactory(refund_reserved=100))
    assert "All of the order is refunded" in shown(door, alice, spent).content.decode()


# The story


@through_every_form
def test_events_can_be_hidden_and_the_choice_is_kept(door, alice, issue, as_):
    update_issue(issue.order_id, issue.pk, {"status": "investigating", "notes": "Called."}, actor=as_(alice))
    client = signed_in(alice)
    hidden = client.get(door.address(issue) + "?events=hidden")
    assert [passage.type for passage in hidden.context["story"]] == ["note"]
    assert [passage.type for passage in client.get(door.address(issue)).context["story"]] == ["note"]
    assert len(client.get(door.address(issue) + "?events=shown").context["story"]) == 2
    assert "Hide events" in client.get(door.address(issue)).content.decode()


@through_every_form
def test_the_story_says_through_which_door_and_on_whose_behalf(door, alice, issue):
    key_for()
    key = ApiKey.objects.get()
    update_issue(issue.order_id, issue.pk, {"notes": "By the shop."}, actor=Actor(employee=alice, via="api", key=key))
    told = shown(door, alice, issue).context["story"][0]
    assert told.door == f"through the API: Shop (key {key.prefix}…) on behalf of {alice.name}"


@through_every_form
def test_a_change_shows_what_was_there_before(door, alice, issue, as_):
    update_issue(issue.order_id, issue.pk, {"resolution_description": "A first try."}, actor=as_(alice))
    update_issue(issue.order_id, issue.pk, {"resolution_description": "A second."}, actor=as_(alice))
    page = shown(door, alice, issue).content.decode()
    assert "<del>A first try.</del>" in page


@through_every_form
def test_what_came_after_a_moment_is_marked(door, alice, sofia, issue, as_):
    opened = clock.now()
    with clock.as_if_at(opened + timedelta(minutes=1)):
        update_issue(issue.order_id, issue.pk, {"notes": "New."}, actor=as_(sofia))
    query = f"?since={opened.isoformat().replace('+', '%2B')}"
    assert [passage.is_new for passage in shown(door, alice, issue, query).context["story"]] == [True, False]
    for nonsense in ("?since=yesterday", "?since=2026-13-45T00:00:00Z", "?since=2026-11-25T10:00:00"):
        assert not any(passage.is_new for passage in shown(door, alice, issue, nonsense).context["story"])


# The order


@through_every_form
def test_the_order_stands_beside_it_with_the_other_issues(door, alice, issue):
    item = OrderItemFactory(order=issue.order, name="Red kettle", sku="KET-1")
    Issue.objects.filter(pk=issue.pk).update(order_item=item)
    of_customer = IssueFactory(order=OrderFactory(customer=issue.order.customer))
    elsewhere = OrderItemFactory(order=OrderFactory(), sku="KET-1")
    of_item = IssueFactory(order=elsewhere.order, order_item=elsewhere)
    IssueFactory()
    response = shown(door, alice, issue)
    assert [[other.pk for other in each.issues] for each in response.context["related"]] == [
        [of_customer.pk],
        [of_item.pk],
    ]
    page = response.content.decode()
    assert "Red kettle" in page
    assert reverse(door.page, args=[of_item.pk]) in page


@through_every_form
def test_other_issues_are_few_and_of_ones_own_stores(door, issue):
    team = TeamFactory()
    team.stores.add(issue.order.store)
    own = EmployeeFactory(team=team)
    IssueFactory(order=OrderFactory(customer=issue.order.customer, store=StoreFactory()))
    for _ in range(7):
        IssueFactory(order=issue.order)
    (of_customer,) = shown(door, own, issue).context["related"]
    assert (len(of_customer.issues), of_customer.has_more) == (5, True)
    assert {other.order_id for other in of_customer.issues} == {issue.order_id}


# Stale


@through_every_form
def test_a_stale_save_shows_now_beside_yours(door, alice, sofia, issue, as_):
    data = filled_in(issue, {"notes": "What I found.", "priority": "critical"})
    theirs = {"priority": "high", "assigned_to": sofia, "notes": "Mine."}
    update_issue(issue.order_id, issue.pk, theirs, actor=as_(sofia))
    with nothing_happens():
        refused = signed_in(alice).post(door.address(issue), data)
    sides = {side.field: (side.seen, side.now, side.yours) for side in refused.context["update_form"].standoff}
    assert sides == {"priority": ("Medium", "High", "Critical"), "assigned_to": ("—", sofia.name, "")}
    assert "What I found." in refused.content.decode()


# Others here
