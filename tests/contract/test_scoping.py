"""Contract 9, who sees what: for a member of a team with named stores, the rest is not there, on any route.

The routes come from the address table, so that a new one is asked too.
"""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import URLResolver

from accounts.actor import Actor
from accounts.roles import ADMINISTRATOR
from common import clock
from config import api
from events.actions.create_webhook import create_webhook
from events.actions.send_test import send_test
from issues.actions.create import create_issue
from issues.actions.update import update_issue
from issues.models import Approval, Issue
from orders.models import Store
from refunds.models import Refund
from tests.api_client import ApiClient
from tests.factories import EmployeeFactory, OrderFactory, StoreFactory, TeamFactory, key_for
from tests.untouched import nothing_happens

LISTS = [
    "issues", "issues?q=kettle", "issues?store=theirs", "issues?ordering=-due_at", "approvals", "refunds", "events",
    "refunds?order_id={order_id}",
]  # fmt: skip
ABOVE_ALL_LIMITS = {"refund_amount": Decimal("9000.00"), "refund_source": "store_credit", "notes": "kettle"}
FITTING_BODIES = {
    "PATCH": {"updated_by": "EMP-IDA", "status": "investigating"},
    "PUT": {"store": {"id": "hers"}, "currency": "USD", "total_amount": 9, "payment": {"method": "card"}},
    "issues": {"reported_by": "EMP-IDA", "issue_type": "other", "description": "x"},
    "communications": {"contacted_by": "EMP-IDA", "channel": "sms", "direction": "inbound", "body": "x"},
    "approvals": {"requested_by": "EMP-IDA", "kind": "escalate", "note": "x"},
    "approve": {"decided_by": "EMP-IDA"},
    "reject": {"decided_by": "EMP-IDA", "note": "x"},
    "cancel": {"updated_by": "EMP-IDA"},
    "retry": {"updated_by": "EMP-IDA"},
    "webhooks/<uuid:webhook_id>": {"enabled": False},
    "webhooks/<uuid:webhook_id>/redeliver": {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"},
    "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver": {},
    "rotate": {},
    "test": {},
    "credit-instead": {
        "updated_by": "EMP-IDA",
        "consent": {"given_by": "Mina", "given_at": "2026-01-30T09:15:00Z", "channel": "chat"},
    },
    "debits": {"amount": 1, "currency": "USD", "reference": "ORDER-9"},
}


def _views(patterns) -> dict[str, list[str]]:
    found = {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= _views(pattern.url_patterns)
        elif str(pattern.pattern):
            found[str(pattern.pattern)] = list(pattern.callback.view_class.scopes)
    return found


ROUTES = _views(api.urlpatterns)
ON_SOMETHING = [(route, method) for route, methods in ROUTES.items() if "<" in route for method in methods]


@pytest.fixture
def ida(db):
    """She may do everything, and her team works for one store."""
    team = TeamFactory()
    team.stores.add(StoreFactory(id="hers"))
    return EmployeeFactory(employee_id="EMP-IDA", role=ADMINISTRATOR, team=team)


@pytest.fixture
def ids_in():
    """``ids_in(store)``: an order there, with an issue, a refund and its approval."""

    def ids_in(store: str) -> dict[str, str]:
        max_ = EmployeeFactory(role="Manager")
        order = OrderFactory(store=Store.objects.get_or_create(pk=store)[0], total_amount=Decimal("9999.00"))
        actor = Actor(employee=max_, via="api")
        issue = create_issue(order.pk, {"issue_type": "other", "description": "kettle"}, actor=actor)
        update_issue(order.pk, issue.pk, ABOVE_ALL_LIMITS, actor=actor)
        test = send_test(webhook_of(store).pk, actor=Actor.system("test"))
        return {
            "webhook_id": str(test.endpoint_id),
            "delivery_id": str(test.pk),
            "order_id": order.pk,
            "issue_id": str(issue.pk),
            "refund_id": str(Refund.objects.get(order=order).pk),
            "customer_id": order.customer_id,
            "approval_id": str(Approval.objects.get(issue=issue).pk),
        }

    return ids_in


def webhook_of(store: str):
    new = {"url": "https://hooks.example/x", "events": ["*"], "store_id": store}
    return create_webhook(new, actor=Actor.system("test")).endpoint


def address(route: str, ids: dict[str, str]) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", lambda parameter: ids[parameter[1]], route)


def fitting_body(route: str, method: str) -> dict | None:
    if method == "GET":
        return None
    for key in (route, method, route.rpartition("/")[2]):
        if key in FITTING_BODIES:
            return FITTING_BODIES[key]
    raise KeyError(route)


@pytest.mark.parametrize(("route", "method"), ON_SOMETHING)
@pytest.mark.parametrize("is_fitting", [True, False])
def test_what_stands_in_another_store_is_not_there(ida, ids_in, route, method, is_fitting):
    theirs = ids_in("theirs")
    body = fitting_body(route, method) if is_fitting or method == "GET" else {"colour": "red"}
    with nothing_happens():
        answer = ApiClient(key_for(ida)).call(method, address(route, theirs), body)
    assert answer.status_code == 404
    assert answer.json()["error_code"] == ("ORDER_NOT_FOUND" if "order_id" in route else "NOT_FOUND")


@pytest.mark.parametrize(("route", "method"), ON_SOMETHING)
def test_what_stands_in_their_own_store_is_there(ida, ids_in, route, method):
    """The control: the same calls on her own store find what they are about."""
    ids_in("theirs")
    answer = ApiClient(key_for(ida)).call(method, address(route, ids_in("hers")), fitting_body(route, method))
    assert answer.status_code != 404


@pytest.mark.parametrize("path", LISTS)
def test_lists_and_search_leave_it_out(ida, ids_in, path):
    theirs, hers = ids_in("theirs"), ids_in("hers")
    answer = ApiClient(key_for(ida)).get("/" + path.format(**theirs))
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert not [value for value in theirs.values() if f'"{value}"' in shown]
    asks_for_theirs = "store=" in path or "order_id=" in path
    assert asks_for_theirs != (hers["order_id"] in shown)


def test_a_look_back_does_not_show_it_either(ida, ids_in):
    """Also where the order came from her store: what counts is where it stands now."""
    ids = ids_in("theirs")
    moment = (clock.now() + timedelta(hours=1)).isoformat().replace("+", "%2B")
    path = f"/orders/{ids['order_id']}/issues/{ids['issue_id']}?as_of={moment}"
    assert ApiClient(key_for(ida)).get(path).status_code == 404


def test_an_import_neither_changes_nor_places_orders_elsewhere(ida, ids_in):
    theirs = ids_in("theirs")
    order = FITTING_BODIES["PUT"]
    rows = [
        order | {"order_id": theirs["order_id"]},
        order | {"order_id": "NEW", "store": {"id": "theirs"}},
        order | {"order_id": "MINE"},
    ]
    results = ApiClient(key_for(ida)).post("/orders/import", {"orders": rows}).json()["results"]
    assert [row.get("error_code") for row in results] == ["ORDER_NOT_FOUND", "VALIDATION_ERROR", None]


def test_without_named_stores_a_team_sees_everything(db, ids_in):
    theirs = ids_in("theirs")
    anyone = EmployeeFactory(team=TeamFactory())
    assert ApiClient(key_for(anyone)).get(f"/orders/{theirs['order_id']}").status_code == 200


def test_an_integration_sees_as_much_as_the_employee_that_it_names(ida, ids_in):
    theirs = ids_in("theirs")
    shop, path = ApiClient(key_for(None)), f"/orders/{theirs['order_id']}/issues/{theirs['issue_id']}"
    assert shop.get(path).status_code == 200
    with nothing_happens():
        assert shop.patch(path, {"updated_by": "EMP-IDA", "notes": "x"}).status_code == 404
    assert Issue.objects.get().version == 2
