"""Contract 7: opening an issue, and where it goes."""

import pytest

from events.models import Event
from issues.models import Attachment, Issue, RoutingRule
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, OrderItemFactory, TeamFactory
from tests.untouched import nothing_happens

NEW = {"issue_type": "damaged_items", "description": "Broken."}


@pytest.fixture
def post(api_of, alice, order):
    api = api_of(alice)
    return lambda **new: api.post(f"/orders/{order.pk}/issues", {"reported_by": alice.employee_id, **NEW, **new})


def test_the_answer_names_the_issue_and_where_it_went(post, order):
    response = post()
    body = response.json()
    issue = Issue.objects.get()
    assert response.status_code == 201
    assert body["success"] is True
    assert (body["issue_id"], body["issue_number"]) == (str(issue.pk), issue.number)
    assert (body["status"], body["assigned_to"], body["assigned_team"]) == ("open", None, None)
    assert body["issue_number"].startswith(f"ISS-{issue.created_at.year}-")
    assert issue.history.count() == 1


def test_it_is_routed_by_the_first_fitting_rule_to_the_least_loaded_active_member(post, order):
    payments, breakage = TeamFactory(), TeamFactory()
    RoutingRule.objects.create(position=1, issue_type="payment_issue", team=payments)
    RoutingRule.objects.create(position=2, priority="high", store=order.store, team=breakage)
    RoutingRule.objects.create(position=3, team=payments)
    busy, free, gone = (EmployeeFactory(team=breakage) for _ in range(3))
    gone.is_active = False
    gone.save()
    IssueFactory(assigned_to=busy)
    IssueFactory(assigned_to=free, status="resolved")
    body = post(priority="high").json()
    assert (body["assigned_team"], body["assigned_to"]) == (breakage.name, free.employee_id)
    assert post().json()["assigned_team"] == payments.name


def test_an_item_must_be_of_this_order(post, order):
    mine, other = OrderItemFactory(order=order), OrderItemFactory()
    with nothing_happens():
        refused = post(order_item_id=other.item_id)
    assert refused.json()["errors"].keys() == {"order_item_id"}
    assert post(order_item_id=mine.item_id).status_code == 201
    assert Issue.objects.get().order_item == mine


@pytest.mark.parametrize(
    "url",
    ["http://a.example/x.png", "ftp://a.example/x", "https://", "javascript:alert(1)", "//a.example/x", "x", "", 5,
     None, "https://user:pass@a.example/x", "https://a b.example/", "https://a.example/" + "x" * 2000,
     "https://a.example:99999/x", "https://a.example:0/x"],
)  # fmt: skip
def test_a_bad_attachment_is_refused_by_its_address(post, url):
    good = "https://files.example/photo.png"
    with nothing_happens():
        response = post(attachments=[good, url])
    assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_ATTACHMENT")
    assert response.json()["invalid_urls"] == [url]


def test_a_number_in_place_of_an_address_is_quoted_as_it_came(post):
    with nothing_happens():
        response = post(attachments=[10**30, 1.5])
    assert (response.status_code, response.json()["error_code"]) == (400, "INVALID_ATTACHMENT")
    assert response.json()["invalid_urls"] == [10**30, 1.5]


@pytest.mark.parametrize("other", [{"issue_type": "broken"}, {"order_item_id": "none"}, {"reported_by": "EMP-NOBODY"}])
def test_a_bad_attachment_is_told_beside_what_else_is_wrong(post, other):
    with nothing_happens():
        response = post(attachments=["ftp://a.example/x"], **other)
    assert response.json()["error_code"] == "VALIDATION_ERROR"
    assert response.json()["errors"].keys() == {"attachments", *other}


def test_attachments_are_kept_up_to_ten(post):
    urls = [f"https://files.example/{n}.png" for n in range(10)]
    assert post(attachments=urls).status_code == 201
    assert list(Attachment.objects.order_by("id").values_list("url", flat=True)) == urls
    with nothing_happens():
        assert post(attachments=[*urls, "https://files.example/11.png"]).json()["errors"].keys() == {"attachments"}


@pytest.mark.parametrize(
    ("new", "fields"),
    [
        ({"issue_type": "broken"}, {"issue_type"}), ({"issue_type": None}, {"issue_type"}),
        ({"description": ""}, {"description"}), ({"description": "x" * 5001}, {"description"}),
        ({"priority": "urgent", "description": 5, "typo": 1}, {"priority", "description", "typo"}),
        ({"attachments": "https://a.example/x"}, {"attachments"}),
        ({"customer_contacted": "yes"}, {"customer_contacted"}),
        ({"expected_resolution_time": "2026-12-01"}, {"expected_resolution_time"}), ({"status": "closed"}, {"status"}),
        ({"reported_by": "EMP-NOBODY"}, {"reported_by"}),
    ],
)  # fmt: skip
def test_a_bad_shape_is_refused_by_field(post, new, fields):
    with nothing_happens():
        response = post(**new)
    assert set(response.json()["errors"]) == fields


def test_an_unknown_order_answers_before_the_shape(api_of, alice):
    response = api_of(alice).post("/orders/none/issues", {"reported_by": alice.employee_id})
    assert (response.status_code, response.json()["error_code"]) == (404, "ORDER_NOT_FOUND")


def test_ids_and_numbers_follow_the_order_of_creation(post):
    answers = [post().json() for _ in range(5)]
    for field in ("issue_id", "issue_number"):
        values = [answer[field] for answer in answers]
        assert len(set(values)) == 5
    assert [answer["issue_number"] for answer in answers] == sorted(answer["issue_number"] for answer in answers)


def test_its_event_is_recorded_with_it(post):
    post(priority="critical")
    event = Event.objects.get(name="issue.created")
    assert (event.issue_id, event.data["priority"]) == (Issue.objects.get().pk, "critical")


def test_orders_of_other_stores_are_not_there_for_a_teams_member(api_of):
    team = TeamFactory()
    team.stores.add(OrderFactory().store)
    employee, order = EmployeeFactory(team=team), OrderFactory()
    with nothing_happens():
        response = api_of(employee).post(f"/orders/{order.pk}/issues", {"reported_by": employee.employee_id, **NEW})
    assert response.json()["error_code"] == "ORDER_NOT_FOUND"
