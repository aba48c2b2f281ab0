"""Every route with every key and role: without a key 401, without scope or permission 403, without the method 405.

The routes come from the address table itself, so that a new one without its line here fails.
"""

import uuid

import pytest
from django.urls import URLPattern, URLResolver

from accounts.models import Scope
from accounts.roles import ADMINISTRATOR, AGENT, MANAGER, SENIOR_AGENT
from config import api
from tests.api_client import ApiClient
from tests.factories import EmployeeFactory, key_for
from tests.untouched import nothing_happens

READ, WRITE, HOOKS = Scope.ISSUES_READ, Scope.ISSUES_WRITE, Scope.WEBHOOKS_MANAGE

# Contract 2 and 7: the scope that each method of a route needs.
NEEDED_SCOPES = {
    "orders/<str:order_id>": {"GET": READ, "PUT": Scope.ORDERS_WRITE},
    "orders/import": {"POST": Scope.ORDERS_WRITE},
    "issues": {"GET": READ},
    "orders/<str:order_id>/issues": {"GET": READ, "POST": WRITE},
    "orders/<str:order_id>/issues/<str:issue_id>": {"GET": READ, "PATCH": WRITE},
    "orders/<str:order_id>/issues/<str:issue_id>/timeline": {"GET": READ},
    "orders/<str:order_id>/issues/<str:issue_id>/history": {"GET": READ},
    "orders/<str:order_id>/issues/<str:issue_id>/sla": {"GET": READ},
    "orders/<str:order_id>/issues/<str:issue_id>/communications": {"GET": READ, "POST": WRITE},
    "orders/<str:order_id>/issues/<str:issue_id>/approvals": {"POST": WRITE},
    "orders/<str:order_id>/issues/<str:issue_id>/refunds": {"GET": READ},
    "approvals": {"GET": READ},
    "approvals/<uuid:approval_id>": {"GET": READ},
    "approvals/<uuid:approval_id>/approve": {"POST": Scope.APPROVALS_WRITE},
    "approvals/<uuid:approval_id>/reject": {"POST": Scope.APPROVALS_WRITE},
    "events": {"GET": READ},
    "events/types": {"GET": READ},
    "webhooks": {"GET": HOOKS, "POST": HOOKS},
    "webhooks/<uuid:webhook_id>": {"GET": HOOKS, "PATCH": HOOKS},
    "webhooks/<uuid:webhook_id>/rotate": {"POST": HOOKS},
    "webhooks/<uuid:webhook_id>/test": {"POST": HOOKS},
    "webhooks/<uuid:webhook_id>/redeliver": {"POST": HOOKS},
    "webhooks/<uuid:webhook_id>/deliveries": {"GET": HOOKS},
    "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>": {"GET": HOOKS},
    "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver": {"POST": HOOKS},
    "metrics/patterns": {"GET": Scope.METRICS_READ},
    "metrics/patterns.csv": {"GET": Scope.METRICS_READ},
    "metrics/resolution": {"GET": Scope.METRICS_READ},
    "metrics/resolution.csv": {"GET": Scope.METRICS_READ},
    "refunds": {"GET": READ},
    "refunds/<uuid:refund_id>": {"GET": READ},
    "refunds/<uuid:refund_id>/cancel": {"POST": Scope.REFUNDS_WRITE},
    "refunds/<uuid:refund_id>/retry": {"POST": Scope.REFUNDS_WRITE},
    "reports/refunds": {"GET": Scope.METRICS_READ},
    "reports/refunds/ageing": {"GET": Scope.METRICS_READ},
    "reports/refunds/recovered": {"GET": Scope.METRICS_READ},
    "refunds/<uuid:refund_id>/credit-instead": {"POST": Scope.REFUNDS_WRITE},
    "customers/<path:customer_id>/store-credit": {"GET": READ},
    "customers/<path:customer_id>/store-credit/debits": {"POST": Scope.ORDERS_WRITE},
}
# For a provider, which proves by its signature who it is: no key opens them.
SIGNED = {"providers/stripe/events", "providers/insurance/events"}
ROLES = [AGENT, SENIOR_AGENT, MANAGER, ADMINISTRATOR]
# Contract 2: who may use a route that is not for everybody. What a step or an amount needs has tables of its own.
ROLES_BY_SCOPE = {
    HOOKS: {ADMINISTRATOR},
    Scope.APPROVALS_WRITE: {MANAGER, ADMINISTRATOR},
    Scope.METRICS_READ: {SENIOR_AGENT, MANAGER, ADMINISTRATOR},
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes_of(patterns) -> set[str]:
    routes = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            routes |= routes_of(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and str(pattern.pattern):
            routes.add(str(pattern.pattern))
    return routes


def test_every_route_stands_in_the_table():
    assert routes_of(api.urlpatterns) == set(NEEDED_SCOPES) | SIGNED


def address(route: str, issue) -> str:
    for parameter, value in {
        "<str:order_id>": issue.order_id,
        "<str:issue_id>": str(issue.pk),
        "<uuid:approval_id>": str(uuid.UUID(int=1)),
        "<uuid:refund_id>": str(uuid.UUID(int=1)),
        "<uuid:webhook_id>": str(uuid.UUID(int=1)),
        "<uuid:delivery_id>": str(uuid.UUID(int=1)),
        "<path:customer_id>": "customer",
    }.items():
        route = route.replace(parameter, value)
    return f"/{route}"


def body_of(method: str) -> dict | None:
    return None if method in ("GET", "DELETE") else {}


@pytest.mark.parametrize("route", NEEDED_SCOPES)
def test_without_a_key_nothing_is_said(issue, route):
    with nothing_happens():
        answers = [ApiClient().call(method, address(route, issue), body_of(method)) for method in METHODS]
    for method, response in zip(METHODS, answers, strict=True):
        assert (response.status_code, response.json()["error_code"]) == (401, "NOT_AUTHENTICATED"), method
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("route", NEEDED_SCOPES)
def test_a_key_without_the_scope_is_told_which(ada, issue, route):
    for method in METHODS:
        needed = NEEDED_SCOPES[route].get(method)
        api = ApiClient(key_for(ada, scopes=[scope for scope in Scope.values if scope != needed]))
        with nothing_happens():
            response = api.call(method, address(route, issue), body_of(method))
        error = response.json()
        if needed is None:
            assert (response.status_code, error["error_code"]) == (405, "METHOD_NOT_ALLOWED"), method
            assert set(NEEDED_SCOPES[route]) <= set(response["Allow"].split(", "))
        else:
            assert (response.status_code, error["error_code"]) == (403, "PERMISSION_DENIED"), method
            assert error["required_scope"] == needed


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("route", "scopes"), NEEDED_SCOPES.items(), ids=list(NEEDED_SCOPES))
def test_a_role_may_what_the_contract_says(alice, issue, route, scopes, role):
    """The key has every scope; what is not for the role says which permission it lacks, the rest is never a 403."""
    employee = EmployeeFactory(role=role)
    api = ApiClient(key_for(employee, scopes=Scope.values))
    path = address(route, issue).replace(str(uuid.UUID(int=1)), pending_approval(alice, issue), 1)
    body = {"decided_by": employee.employee_id, "note": "Seen."} if route.startswith("approvals/") else {}
    for method, scope in scopes.items():
        response = api.call(method, path, None if method == "GET" else body)
        if role in ROLES_BY_SCOPE.get(scope, ROLES):
            assert response.status_code != 403, response.json()
        else:
            assert (response.status_code, response.json()["error_code"]) == (403, "PERMISSION_DENIED")
            assert response.json()["required_permission"]


def pending_approval(alice, issue) -> str:
    body = {"kind": "escalate", "requested_by": alice.employee_id, "note": "Please."}
    return ApiClient(key_for(alice)).post(f"/orders/{issue.order_id}/issues/{issue.pk}/approvals", body).json()["id"]


def test_a_refund_in_an_update_needs_its_own_scope(alice, issue):
    api = ApiClient(key_for(alice, scopes=[READ, WRITE]))
    body = {"updated_by": alice.employee_id, "refund_amount": 5, "refund_source": "merchant"}
    with nothing_happens():
        response = api.patch(f"/orders/{issue.order_id}/issues/{issue.pk}", body)
    assert response.json()["required_scope"] == Scope.REFUNDS_WRITE
