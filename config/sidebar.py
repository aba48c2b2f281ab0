"""The admin's navigation: what somebody may not see is not offered."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from accounts.actor import Actor, Grants
from accounts.browser import actor_of
from refunds.attention import in_review, overdue, unexplained

# Parts of lists, by the parameters of their addresses.
NEEDS_REVIEW = {"status__exact": "needs_review"}
OVERDUE = {"arrival": "overdue"}
TO_LOOK_INTO = {"state": "unexplained"}
PARTS = (NEEDS_REVIEW, OVERDUE)


class Page(NamedTuple):
    title: str
    icon: str
    name: str
    permission: str
    part: Mapping[str, str] | None = None  # of a list: by this filter
    counted_by: Callable[[Grants], str] | None = None  # its rows


WORK = (
    Page("Issues", "contact_support", "issues_issue", "issues.view_issue"),
    Page("Approvals", "approval", "issues_approval", "issues.view_approval"),
    Page("Refunds", "payments", "refunds_refund", "refunds.view_refund"),
    Page("Needs review", "person_search", "refunds_refund", "refunds.view_refund", NEEDS_REVIEW, in_review),
    Page("Overdue", "schedule", "refunds_refund", "refunds.view_refund", OVERDUE, overdue),
    Page("Claims", "shield", "refunds_claim", "refunds.view_claim"),
    Page("Made elsewhere", "call_split", "refunds_externalrefund", "refunds.view_externalrefund"),
    Page("Payouts to make", "account_balance", "refunds_payouttomake", "issues.decide_approval"),
    Page("Store credit", "account_balance_wallet", "refunds_ledgeraccount", "refunds.view_ledgeraccount"),
    Page("What differs", "difference", "refunds_finding", "refunds.view_finding", TO_LOOK_INTO, unexplained),
    Page("Reconciliation", "balance", "refunds_reconciliation", "refunds.view_reconciliation"),
)
SHOP = (
    Page("Orders", "receipt_long", "orders_order", "orders.view_order"),
    Page("Customers", "group", "orders_customer", "orders.view_customer"),
    Page("Stores", "storefront", "orders_store", "orders.view_store"),
)
SAID = (
    Page("Notes", "sticky_note_2", "issues_note", "issues.view_note"),
    Page("Macros", "text_snippet", "issues_macro", "issues.view_macro"),
    Page("Communications", "forum", "issues_communication", "issues.view_communication"),
    Page("Mail that came in", "mail", "issues_inboundmail", "issues.view_inboundmail"),
    Page("Texts to customers", "edit_note", "issues_customertext", "issues.view_customertext"),
    Page("Webhooks", "webhook", "events_webhookendpoint", "events.manage_webhooks"),
    Page("Sent by webhooks", "outbox_alt", "events_webhookdelivery", "events.manage_webhooks"),
    Page("Chat rooms", "chat", "events_chatroom", "events.view_chatroom"),
    Page("Outbox", "outbox", "events_delivery", "events.view_delivery"),
    Page("From providers", "move_to_inbox", "refunds_providerevent", "refunds.view_providerevent"),
)
HOUSE = (
    Page("Teams", "groups", "issues_team", "issues.view_team"),
    Page("Routing", "alt_route", "issues_routingrule", "issues.view_routingrule"),
    Page("Deadlines", "timer", "issues_slapolicy", "issues.view_slapolicy"),
    Page("Business hours", "calendar_clock", "issues_businesshours", "issues.view_businesshours"),
    Page("Employees", "badge", "accounts_employee", "accounts.view_employee"),
    Page("Roles", "shield_person", "auth_group", "auth.view_group"),
    Page("Refund limits", "speed", "accounts_refundlimit", "accounts.view_refundlimit"),
    Page("Keys", "key", "accounts_apikey", "accounts.view_apikey"),
)
SECTIONS = (("Work", WORK), ("Shop", SHOP), ("Said and sent", SAID), ("House", HOUSE))


def navigation(request: HttpRequest) -> list[dict]:
    """In the form of Unfold's ``SIDEBAR["navigation"]``."""
    desk = [{"title": "My desk", "icon": "dashboard", "link": reverse("admin:index")}]
    actor = actor_of(request, via="admin")
    sections = [
        {"title": title, "separator": True, "items": _items(pages, request, actor)} for title, pages in SECTIONS
    ]
    return [{"items": desk}, *(section for section in sections if section["items"])]


def _items(pages: tuple[Page, ...], request: HttpRequest, actor: Actor) -> list[dict]:
    return [_item(page, request, actor) for page in pages if actor.person.has_perm(page.permission)]


def _item(page: Page, request: HttpRequest, actor: Actor) -> dict:
    link = reverse(f"admin:{page.name}_changelist")
    item = {"title": page.title, "icon": page.icon, "link": link, "active": _is_open(request, link, page.part)}
    if page.part is not None and page.counted_by is not None:
        item |= {"link": f"{link}?{urlencode(page.part)}", "badge": page.counted_by(actor.grants)}
    return item


def _is_open(request: HttpRequest, link: str, part: Mapping[str, str] | None) -> bool:
    """Of a list and its parts only what is looked at: a part by its filter, the list where no part is."""
    if part is not None:
        return request.path == link and _shows(request, part)
    return request.path.startswith(link) and not any(_shows(request, each) for each in PARTS)


def _shows(request: HttpRequest, part: Mapping[str, str]) -> bool:
    return part.items() <= request.GET.dict().items()
