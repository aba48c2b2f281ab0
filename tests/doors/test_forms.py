"""The forms of the web pages and the admin: what was altered is sent on, nothing typed is lost, once is once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Employee
from issues.actions.update import update_issue
from issues.models import Approval, Communication, Issue, Note
from refunds.models import Refund
from tests.doors.doors import CODE, FORM_DOORS, filled_in, outcome_of, signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, OrderItemFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db
through_every_form = pytest.mark.parametrize("door", FORM_DOORS, ids=lambda door: door.via)


@through_every_form
def test_what_was_not_altered_is_no_change(door, alice, issue):
    with nothing_happens():
        outcome = door.update(alice, issue, {})
    assert outcome.status == 422
    assert "You have not changed anything yet." in outcome.text


@through_every_form
def test_everything_can_be_changed_at_once(door, alice, sofia, issue):
    changes = {
        "notes": "Called.", "status": "investigating", "priority": "high", "assigned_to": sofia.employee_id,
        "follow_up_date": "2031-01-31T09:00", "customer_satisfied": "False", "resolution_description": "None yet.",
        "refund_amount": "12.50", "refund_source": "store_credit",
    }  # fmt: skip
    assert door.update(alice, issue, changes).code == ""
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.status, issue.priority, issue.assigned_to, issue.version) == ("investigating", "high", sofia, 2)
    assert (issue.follow_up_required, issue.follow_up_date) == (True, datetime(2031, 1, 31, 9, tzinfo=UTC))
    assert (issue.customer_satisfied, issue.resolution_description) == (False, "None yet.")
    assert Refund.objects.get().amount == Decimal("12.50")


@through_every_form
def test_unticking_the_follow_up_clears_its_date(door, alice, issue, as_):
    changes = {"follow_up_date": datetime(2031, 1, 31, 9, 0, 37, tzinfo=UTC)}
    issue = update_issue(issue.order_id, issue.pk, changes, actor=as_(alice)).issue
    data = filled_in(issue, {})
    del data["follow_up_required"]
    assert outcome_of(signed_in(alice).post(door.address(issue), data)).code == ""
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.follow_up_required, issue.follow_up_date) == (False, None)


@through_every_form
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_follow_up_in_the_year_0_or_10000_is_refused_at_its_field(door, alice, issue, at):
    with nothing_happens():
        assert door.update(alice, issue, {"follow_up_date": at}).fields == {"follow_up_date"}


@through_every_form
def test_a_field_can_be_emptied(door, alice, issue, as_):
    changes = {"resolution_description": "Wrong.", "customer_satisfied": True, "assigned_to": alice}
    issue = update_issue(issue.order_id, issue.pk, changes, actor=as_(alice)).issue
    door.update(alice, issue, {"resolution_description": "", "customer_satisfied": "", "assigned_to": ""})
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.resolution_description, issue.customer_satisfied, issue.assigned_to) == ("", None, None)


@through_every_form
def test_a_double_click_updates_once_and_is_no_error(door, alice, issue):
    client = signed_in(alice)
    data = filled_in(issue, {"notes": "Once.", "refund_amount": "5", "refund_source": "merchant"})
    first, second = client.post(door.address(issue), data), client.post(door.address(issue), data)
    assert first.status_code == second.status_code == 302
    assert (Note.objects.count(), Refund.objects.count(), Issue.objects.get().version) == (1, 1, 2)


@through_every_form
def test_what_was_written_on_after_a_slow_save_is_not_taken_for_saved(door, alice, issue):
    """Stopped, written on and sent again, while the first copy went through all the same."""
    client, data = signed_in(alice), filled_in(issue, {"notes": "Called."})
    client.post(door.address(issue), data)
    with nothing_happens():
        refused = client.post(door.address(issue), data | {"notes": "Called. Nobody there."})
    outcome = outcome_of(refused)
    assert (outcome.status, outcome.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert "This was saved already" in outcome.text
    form = refused.context["update_form"]
    again = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    assert again["notes"] == "Called. Nobody there."
    assert outcome_of(client.post(door.address(issue), again)).code == ""
    assert [note.body for note in Note.objects.order_by("pk")] == ["Called.", "Called. Nobody there."]


@pytest.fixture
def left_behind(alice, sofia):
    """With somebody who has left since."""
    issue = IssueFactory(assigned_to=sofia)
    Employee.objects.filter(pk=sofia.pk).update(is_active=False)
    return issue


@through_every_form
def test_a_note_leaves_an_issue_with_who_has_left(door, alice, sofia, left_behind):
    client = signed_in(alice)
    form = client.get(door.address(left_behind)).context["update_form"]
    assert (sofia.employee_id, f"{sofia} (has left)") in form.fields["assigned_to"].choices
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    assert outcome_of(client.post(door.address(left_behind), shown | {"notes": "Still here."})).code == ""
    assert Issue.objects.get().assigned_to == sofia
    assert door.update(alice, Issue.objects.get(), {"assigned_to": alice.employee_id}).code == ""
    form = client.get(door.address(left_behind)).context["update_form"]
    assert sofia.employee_id not in dict(form.fields["assigned_to"].choices)


@through_every_form
def test_a_refund_and_a_closed_issues_note_do_not_stumble_over_who_has_left(door, alice, left_behind):
    assert door.update(alice, left_behind, {"refund_amount": "5", "refund_source": "merchant"}).code == ""
    Issue.objects.filter(pk=left_behind.pk).update(status="closed")
    assert door.update(alice, Issue.objects.get(), {"notes": "They rang once more."}).code == ""
    assert (Refund.objects.count(), Note.objects.count()) == (1, 1)


@through_every_form
def test_a_refused_form_can_be_sent_again(door, alice, issue):
    client, data = signed_in(alice), filled_in(issue, {"priority": "high"})
    assert outcome_of(client.post(door.address(issue), data)).fields == {"notes"}
    assert outcome_of(client.post(door.address(issue), data | {"notes": "Why."})).code == ""


@through_every_form
def test_a_form_without_its_id_or_version_does_nothing(door, alice, issue):
    for missing in ("form_id", "version"):
        data = filled_in(issue, {"notes": "Hello."})
        del data[missing]
        with nothing_happens():
            assert outcome_of(signed_in(alice).post(door.address(issue), data)).status == 422


@through_every_form
def test_a_stale_save_is_refused_and_keeps_what_was_typed(door, alice, sofia, issue, as_):
    data = filled_in(issue, {"notes": "What I found.", "status": "investigating"})
    update_issue(issue.order_id, issue.pk, {"priority": "high", "notes": "Mine."}, actor=as_(sofia))
    client = signed_in(alice)
    with nothing_happens():
        outcome = outcome_of(client.post(door.address(issue), data))
    assert outcome.code == "STALE_ISSUE"
    assert "What I found." in outcome.text
    assert "version 2" in outcome.text


@through_every_form
def test_saving_again_after_a_stale_save_keeps_the_others_change(door, alice, sofia, issue, as_):
    data = filled_in(issue, {"notes": "What I found.", "status": "investigating"})
    update_issue(issue.order_id, issue.pk, {"priority": "high", "notes": "Mine."}, actor=as_(sofia))
    client = signed_in(alice)
    shown_again = client.post(door.address(issue), data).context["update_form"]
    again = {field.html_name: field.value() for field in shown_again if field.value() not in (None, False)}
    assert outcome_of(client.post(door.address(issue), again)).code == ""
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.status, issue.priority, issue.version) == ("investigating", "high", 3)


@through_every_form
def test_an_unknown_version_is_stale(door, alice, issue):
    for version in ("7", "999999999"):
        with nothing_happens():
            outcome = door.update(alice, issue, {"notes": "x"}, version=version)
        assert outcome.code == "STALE_ISSUE"


@through_every_form
def test_the_same_refund_twice_must_be_meant(door, alice, issue):
    refund = {"refund_amount": "5.00", "refund_source": "merchant"}
    door.update(alice, issue, refund)
    issue = Issue.objects.get(pk=issue.pk)
    with nothing_happens():
        outcome = door.update(alice, issue, refund)
    assert (outcome.code, outcome.fields) == ("POSSIBLE_DUPLICATE_REFUND", {"refund_amount"})
    assert 'name="refund_is_meant"' in outcome.text
    assert door.update(alice, issue, refund, refund_is_meant="on").code == ""
    assert Refund.objects.count() == 2


@through_every_form
def test_the_form_offers_the_steps_that_the_employee_can_take(door, alice, sofia, closed, issue):
    def offered(employee, of):
        moves = signed_in(employee).get(door.address(of)).context["moves"]
        return [move.target for move in moves.offered]

    assert offered(alice, issue) == ["investigating"]
    assert offered(sofia, issue) == ["investigating", "escalated"]
    page = signed_in(alice).get(door.address(closed)).content.decode()
    assert "Reopen (asks a manager)" in page


@through_every_form
def test_a_word_with_the_customer_is_added_once(door, alice, issue):
    address = {"web": reverse("web:communications", args=[issue.pk]),
               "admin": reverse("admin:issues_issue_communications", args=[issue.pk])}[door.via]  # fmt: skip
    form_id = "0190b7d4-0000-7000-8000-000000000000"
    data = {"form_id": form_id, "channel": "phone", "direction": "inbound", "body": "Hello?"}
    client = signed_in(alice)
    assert client.post(address, data).status_code == client.post(address, data).status_code == 302
    word = Communication.objects.get()
    assert (word.author, word.via, word.body) == (alice, door.via, "Hello?")
    with nothing_happens():
        refused = client.post(address, data | {"form_id": "0190b7d4-0000-7000-8000-000000000001", "channel": "pigeon"})
    assert refused.status_code == 422
    assert "Hello?" in refused.content.decode()


@through_every_form
def test_an_agent_asks_for_the_step_that_they_may_not_take(door, alice, issue):
    address = {"web": reverse("web:step_requests", args=[issue.pk]),
               "admin": reverse("admin:issues_issue_requests", args=[issue.pk])}[door.via]  # fmt: skip
    client = signed_in(alice)
    data = {"form_id": "0190b7d4-0000-7000-8000-000000000000", "kind": "escalate", "note": "Third time."}
    assert client.post(address, data).status_code == 302
    approval = Approval.objects.get()
    assert (approval.kind, approval.requested_by, approval.via) == ("escalate", alice, door.via)
    with nothing_happens():
        refused = client.post(address, data | {"form_id": "0190b7d4-0000-7000-8000-000000000002", "kind": "close"})
    assert CODE.search(refused.content.decode())[1] == "INVALID_STATUS_TRANSITION"


def new_issue(order, **more) -> dict[str, str]:
    return {
        "form_id": "0190b7d4-0000-7000-8000-00000000000a", "order_id": order.pk, "issue_type": "missing_items",
        "priority": "medium", "description": "Two plates are missing.", **more,
    }  # fmt: skip


def test_an_agent_opens_an_issue_in_the_admin(alice, order):
    item = OrderItemFactory(order=order)
    data = new_issue(
        order, order_item_id=item.item_id, attachments="https://files.example/a.png\nhttps://files.example/b.png"
    )
    client, address = signed_in(alice), reverse("admin:issues_issue_add")
    response = client.post(address, data)
    issue = Issue.objects.get()
    assert response["Location"] == reverse("admin:issues_issue_change", args=[issue.pk])
    assert (issue.reported_by, issue.order_item, issue.attachments.count()) == (alice, item, 2)
    assert client.post(address, data).status_code == 302
    assert Issue.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"order_id": "NO-SUCH"}, "There is no such order"),
        ({"order_item_id": "no-such"}, "This order has no such item"),
        ({"attachments": "http://files.example/a.png"}, "Not an https address"),
        ({"attachments": "https://files.example/a.png " * 11}, "Give up to 10 addresses"),
        ({"description": "  "}, "This field is required"),
        ({"description": "x" * 5001}, "at most 5000 characters"),
        ({"issue_type": "bad_weather"}, "Select a valid choice"),
    ],
)
def test_an_issue_of_bad_shape_is_not_opened(alice, order, wrong, said):
    with nothing_happens():
        response = signed_in(alice).post(reverse("admin:issues_issue_add"), new_issue(order) | wrong)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_who_may_not_work_on_issues_opens_none(order):
    idle = EmployeeFactory()
    idle.groups.clear()
    with nothing_happens():
        assert signed_in(idle).post(reverse("admin:issues_issue_add"), new_issue(order)).status_code == 403


@through_every_form
def test_who_may_not_work_on_issues_changes_none(door, issue):
    idle = EmployeeFactory()
    idle.groups.clear()
    with nothing_happens():
        assert door.update(idle, issue, {"notes": "Hello."}).status in (403, 404)


def test_money_in_another_currency_is_asked_for_in_it(alice):
    issue = IssueFactory(order=OrderFactory(currency="JPY", total_amount=5000))
    page = signed_in(alice).get(reverse("web:issue", args=[issue.pk])).content.decode()
    assert "Refund (JPY)" in page
    assert "5,000 JPY" in page
