"""The admin: agents find, read and work; what the workflow governs is not changed around it, and nothing is deleted."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from common.as_seen import fingerprint
from issues.actions.add_communication import add_communication
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import Approval, Attachment, Communication, Issue, Note, RoutingRule, Team
from orders.models import Order
from refunds.models import Refund, RefundAttempt
from tests.doors.doors import signed_in
from tests.factories import EmployeeFactory, IssueFactory, OrderFactory, StoreFactory, TeamFactory
from tests.untouched import nothing_happens

pytestmark = pytest.mark.django_db

OURS = ("accounts", "orders", "events", "refunds", "issues")
REGISTERED = [model for model in admin.site._registry if model._meta.app_label in OURS]
OPEN_TO_ALL = {"Issues", "Approvals", "Refunds", "Orders", "Customers", "Teams", "Outbox"}
RECORDS = [Note, Communication, Attachment, Approval, Refund]


def named(model: type, page: str) -> str:
    return f"admin:{model._meta.label_lower.replace('.', '_')}_{page}"


@pytest.fixture
def root(db):
    """Somebody with every permission: what they can't do here, nobody can."""
    return EmployeeFactory(username="root", is_superuser=True, role="Administrator")


@pytest.fixture
def rows(alice, as_, large_request):
    """One row of each model that belongs to an issue, and the issue."""
    order = OrderFactory()
    new = {"issue_type": "other", "description": "Lost.", "attachments": ["https://files.example/a.png"]}
    issue = create_issue(order.pk, new, actor=as_(alice))
    word = {"channel": "phone", "direction": "inbound", "body": "Where is it?"}
    add_communication(order.pk, issue.pk, word, actor=as_(alice))
    large_request(as_(alice))
    return {model: model.objects.first() for model in [*RECORDS, Issue, Order]}


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_nothing_is_deleted(root, rows, model):
    row = rows.get(model) or model.objects.first()
    client = signed_in(root)
    with nothing_happens():
        if row is not None:
            assert client.post(reverse(named(model, "delete"), args=[row.pk]), {"post": "yes"}).status_code == 403
            picked = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
            client.post(reverse(named(model, "changelist")), picked)
    assert row is None or model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_records_are_read_and_neither_added_nor_changed(root, alice, rows, model):
    change = reverse(named(model, "change"), args=[rows[model].pk])
    assert signed_in(alice).get(reverse(named(model, "changelist"))).status_code == 200
    assert signed_in(alice).get(change).status_code == 200
    with nothing_happens():
        for employee in (alice, root):
            client = signed_in(employee)
            assert client.post(change, {"status": "approved", "body": "Changed.", "_save": "Save"}).status_code == 403
            assert client.get(reverse(named(model, "add"))).status_code == 403
            assert client.post(reverse(named(model, "add")), {"body": "New."}).status_code == 403


def test_columns_that_are_posted_to_an_issue_change_nothing(root, issue):
    with nothing_happens():
        response = signed_in(root).post(
            reverse("admin:issues_issue_change", args=[issue.pk]),
            {"status": "closed", "version": "1", "number": "ISS-1", "description": "Mine.", "_save": "Save"},
        )
    assert response.status_code == 422


@pytest.mark.parametrize("model", [Issue, Approval, Refund, Order], ids=lambda model: model.__name__)
@pytest.mark.parametrize("who", ["alice", "root"])
def test_history_is_read_and_a_post_to_it_is_refused(request, rows, model, who):
    """simple-history's own page of a version writes the row for anybody who may look at it: there is none."""
    row, client = rows[model], signed_in(request.getfixturevalue(who))
    history = reverse(named(model, "history"), args=[row.pk])
    newest = row.history.first()
    assert newest.hash in client.get(history).content.decode()
    with nothing_happens():
        for method in (client.post, client.put, client.delete):
            assert method(history, {"_change_history": "1"}).status_code == 405
            assert method(f"{history}{newest.history_id}/", {"status": "closed"}).status_code in (302, 403, 404, 405)
    assert not isinstance(admin.site._registry[model], SimpleHistoryAdmin)


def test_history_tells_who_changed_what(alice, sofia, issue, as_):
    changes = {"priority": "high", "notes": "Why.", "assigned_to": sofia}
    update_issue(issue.order_id, issue.pk, changes, actor=as_(alice))
    page = signed_in(sofia).get(reverse("admin:issues_issue_history", args=[issue.pk])).content.decode()
    assert "<b>Priority</b> medium → high" in page
    assert f"→ {sofia}" in page
    assert alice.name in page


def test_an_administrator_keeps_teams_and_routing_and_an_agent_does_not(ada, alice):
    team, store = TeamFactory(), StoreFactory()
    new_rule = {"position": "3", "issue_type": "payment_issue", "priority": "", "store": store.pk, "team": team.pk}
    assert signed_in(alice).post(reverse("admin:issues_routingrule_add"), new_rule).status_code == 403
    assert signed_in(ada).post(reverse("admin:issues_routingrule_add"), new_rule).status_code == 302
    assert RoutingRule.objects.get().team == team
    change = reverse("admin:issues_team_change", args=[team.pk])
    named_stores = {"name": "Night shift", "stores": [store.pk], "seen": fingerprint(team)}
    assert signed_in(alice).post(change, named_stores).status_code == 403
    assert signed_in(ada).post(change, named_stores).status_code == 302
    team = Team.objects.get()
    assert (team.name, list(team.stores.all())) == ("Night shift", [store])


def rows_shown(response) -> list:
    context = response.context
    return list(context["cl"].result_list if "cl" in context else context["page"].rows)


def test_the_list_finds_issues_by_their_words_and_filters(alice, as_):
    order = OrderFactory()
    lamp = create_issue(order.pk, {"issue_type": "other", "description": "The lamp flickers."}, actor=as_(alice))
    create_issue(order.pk, {"issue_type": "other", "description": "The chair wobbles."}, actor=as_(alice))
    IssueFactory(order=order, status="closed", assigned_to=alice)

    def found(**query):
        response = signed_in(alice).get(reverse("admin:issues_issue_changelist"), query)
        return rows_shown(response)

    assert found(q="flickers") == [lamp]
    assert len(found()) == 3
    assert [issue.status for issue in found(status="closed")] == ["closed"]
    assert [issue.assigned_to for issue in found(assigned_to="me")] == [alice]
    assert len(found(assigned_to="none")) == 2
    assert found(q="x" * 200) == []


@pytest.mark.parametrize("page", ["changelist", "change", "history"])
def test_other_stores_are_not_seen(rows, page):
    team = TeamFactory()
    team.stores.add(StoreFactory())
    client = signed_in(EmployeeFactory(team=team))
    for model in (Issue, Approval, Refund, Note, Communication):
        row = rows[model]
        response = client.get(reverse(named(model, page), args=[row.pk] if page != "changelist" else []))
        if page == "changelist":
            assert rows_shown(response) == []
        else:
            assert response.status_code in (302, 404)
            assert str(row.pk) not in response.content.decode()


def test_an_issue_that_is_not_there_is_404(alice):
    for nowhere in ("0190b7d4-0000-7000-8000-000000000000", "nonsense"):
        assert signed_in(alice).get(f"/admin/issues/issue/{nowhere}/change/").status_code == 404


def test_the_first_page_shows_what_is_in_ones_hands(alice, issue):
    mine = IssueFactory(assigned_to=alice)
    page = signed_in(alice).get(reverse("admin:index")).content.decode()
    assert mine.number in page


@pytest.mark.parametrize(
    ("who", "offered"),
    [("alice", OPEN_TO_ALL), ("ada", OPEN_TO_ALL | {"Routing", "Employees", "Roles", "Keys"})],
)
def test_the_sidebar_offers_what_one_may_see(request, rf, who, offered):
    from config.sidebar import SECTIONS, navigation

    page = rf.get("/admin/")
    page.user = request.getfixturevalue(who)
    titles = {item["title"] for section in navigation(page) for item in section["items"]}
    governed = {title for _, pages in SECTIONS for title, *_ in pages}
    assert offered <= titles
    assert ("Keys" in titles) == ("Keys" in offered)
    assert titles <= governed | {"My desk"}


def test_every_model_of_the_apps_is_read_through_ours(root):
    """No model stands in the admin with Django's own form of columns, but those that administrators keep."""
    kept = {"Team", "RoutingRule", "Employee", "RefundLimit", "ApiKey", "WebhookEndpoint", "Macro", "ChatRoom",
            "CustomerText", "BusinessHours", "SlaPolicy"}  # fmt: skip
    request = type("Request", (), {"user": root})
    changeable = {model.__name__ for model in REGISTERED if admin.site._registry[model].has_change_permission(request)}
    assert changeable <= kept
    assert {apps.get_model("issues.Issue"), Refund, Order} <= set(REGISTERED)
    assert RefundAttempt not in REGISTERED
