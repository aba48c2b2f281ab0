"""Every page there is, read from the URL conf, so that a new one can't be forgotten.

A page is what answers a GET with HTML. Each is visited by somebody who sees all of it: the admin by an administrator,
the web pages by a manager, and what is there before the sign-in by nobody.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Employee
from accounts.roles import ADMINISTRATOR, MANAGER
from events.unsubscribe import token_for
from issues.models import Approval, Issue, SatisfactionLink, StoredFile
from issues.waiting import REFUNDS
from tests.rows import own_models, row_of

NOBODY = ""
BACKEND = "django.contrib.auth.backends.ModelBackend"
NO_PAGES = ("api/", "healthz", "readyz")
# Sends on to wherever a row is shown elsewhere.
NOT_ASKED = {"admin:view_on_site"}

# The same page with another question.
VARIANTS: dict[str, tuple[str, ...]] = {
    "web:issues": ("?q=kettle", "?status=open&ordering=due_at"),
    "web:figures": ("?group_by=store", "?group_by=issue_type"),
    "web:pattern_issues": ("?issue_type=damaged_items",),
    "web:pattern_orders": ("?sku=SKU-1",),
    "admin:refunds_refund_changelist": ("?status__exact=needs_review", "?arrival=overdue"),
    "admin:issues_issue_changelist": ("?q=kettle",),
}


@dataclass(frozen=True)
class PageToSee:
    name: str  # the route's, with the question
    address: str
    role: str  # whose page it is; NOBODY before the sign-in
    is_part: bool = False  # what is shown within a page: a dialog, or the results of a search

    @property
    def is_ours(self) -> bool:
        """One of those whose policy is strict."""
        return not self.address.startswith("/admin/")


def routes() -> Iterator[tuple[str, list[str]]]:
    """The name of each route outside of the API, and its arguments."""
    yield from _routes(get_resolver(), "", "")


def _routes(resolver: URLResolver, before: str, space: str) -> Iterator[tuple[str, list[str]]]:
    for each in resolver.url_patterns:
        path = before + str(each.pattern)
        if path.startswith(NO_PAGES):
            continue
        if isinstance(each, URLResolver):
            yield from _routes(each, path, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern) and each.name and f"{space}{each.name}" not in NOT_ASKED:
            yield f"{space}{each.name}", list(each.pattern.regex.groupindex)


def candidates() -> Iterator[PageToSee]:
    """Every route with the rows that there are, once for each that may be shown something by it."""
    for name, arguments in routes():
        given = {argument: value_of(name, argument) for argument in arguments}
        try:
            address = reverse(name, kwargs=given)
        except NoReverseMatch as error:
            raise AssertionError(f"tests/pages.py does not know what to put into {name}: {given}") from error
        roles = (ADMINISTRATOR,) if name.startswith("admin:") else (MANAGER, NOBODY)
        for role in roles:
            for question in ("", *VARIANTS.get(name, ())):
                yield PageToSee(name + question, address + question, role)


def value_of(route: str, argument: str) -> Any:
    if argument == "object_id":
        return _shown_in_admin(route)
    if (route, argument) in VALUES:
        return VALUES[route, argument]()
    if argument in VALUES:
        return VALUES[argument]()
    named = {model._meta.model_name: model for model in own_models()}
    assert argument.removesuffix("_id") in named, f"Tell tests/pages.py what {argument} of {route} is"
    return row_of(named[argument.removesuffix("_id")]).pk


def _shown_in_admin(route: str) -> Any:
    """The first row that the admin's list of this route shows."""
    named = route.removeprefix("admin:")
    for model, shown in admin.site._registry.items():
        if named.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            request = RequestFactory().get("/")
            request.user = visitor(ADMINISTRATOR)
            row = shown.get_queryset(request).order_by("pk").first() or row_of(model)
            return row.pk
    raise AssertionError(f"No model of the admin has the route {route}")


VALUES: dict[Any, Callable[[], Any]] = {
    "issue_id": lambda: Issue.objects.earliest("created_at").pk,
    "approval_id": lambda: Approval.objects.earliest("created_at").pk,
    "file_id": lambda: row_of(StoredFile).pk,
    "figure": lambda: "created",
    "table": lambda: "days",
    "which": lambda: next(iter(REFUNDS)),
    "id": lambda: visitor(ADMINISTRATOR).pk,
    "app_label": lambda: "issues",
    ("web:unsubscribe", "token"): lambda: token_for(visitor(MANAGER).pk, "assigned"),
    ("web:calendar_feed", "token"): lambda: "no-such-token",
    ("web:satisfaction", "token"): lambda: SatisfactionLink.make(Issue.objects.earliest("created_at")),
}


def visitor(role: str) -> Employee:
    return Employee.objects.filter(groups__name=role, is_active=True).earliest("pk")


def client_of(role: str) -> Client:
    client = Client(headers={"host": "localhost"})
    if role:
        client.force_login(visitor(role), backend=BACKEND)
    return client


def pages() -> list[PageToSee]:
    """The candidates that show a page; a form that signs somebody out, or a move, answers no GET with one."""
    clients = {role: client_of(role) for role in (ADMINISTRATOR, MANAGER, NOBODY)}
    found: dict[str, PageToSee] = {}
    for page in candidates():
        answer = clients[page.role].get(page.address) if page.name not in found else None
        if answer is not None and is_shown(answer):
            found[page.name] = replace(page, is_part=b"<html" not in answer.content)
    return list(found.values())


def is_shown(answer: Any) -> bool:
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
