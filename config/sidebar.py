"""The admin's navigation: what somebody may not see is not offered."""

from collections.abc import Callable, Mapping
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
PERMISSION = 3

# Title, symbol, page, and the permission to see it; for a part of a list also its filter, and what counts its rows.
WORK = (
    ("Issues", "contact_support", "issues_issue", "issues.view_issue"),
    ("Approvals", "approval", "issues_approval", "issues.view_approval"),
    ("Refunds", "payments", "refunds_refund", "refunds.view_refund"),
    ("Needs review", "person_search", "refunds_refund", "refunds.view_refund", NEEDS_REVIEW, in_review),
    ("Overdue", "schedule", "refunds_refund", "refunds.view_refund", OVERDUE, overdue),
    ("Claims", "shield", "refunds_claim", "refunds.view_claim"),
    ("Made elsewhere", "call_split", "refunds_externalrefund", "refunds.view_externalrefund"),
    ("Payouts to make", "account_balance", "refunds_payouttomake", "issues.decide_approval"),
    ("Store credit", "account_balance_wallet", "refunds_ledgeraccount", "refunds.view_ledgeraccount"),
    ("What differs", "difference", "refunds_finding", "refunds.view_finding", TO_LOOK_INTO, unexplained),
    ("Reconciliation", "balance", "refunds_reconciliation", "refunds.view_reconciliation"),
)
SHOP = (
    ("Orders", "receipt_long", "orders_order", "orders.view_order"),
    ("Customers", "group", "orders_customer", "orders.view_customer"),
    ("Stores", "storefront", "orders_store", "orders.view_store"),
)
SAID = (
    ("Notes", "sticky_note_2", "issues_note", "issues.view_note"),
    ("Macros", "text_snippet", "issues_macro", "issues.view_macro"),
    ("Communications", "forum", "issues_communication", "issues.view_communication"),
    ("Mail that came in", "mail", "issues_inboundmail", "issues.view_inboundmail"),
    ("Texts to customers", "edit_note", "issues_customertext", "issues.view_customertext"),
    ("Webhooks", "webhook", "events_webhookendpoint", "events.manage_webhooks"),
    ("Sent by webhooks", "outbox_alt", "events_webhookdelivery", "events.manage_webhooks"),
    ("Chat rooms", "chat", "events_chatroom", "events.view_chatroom"),
    ("Outbox", "outbox", "events_delivery", "events.view_delivery"),
    ("From providers", "move_to_inbox", "refunds_providerevent", "refunds.view_providerevent"),
)
HOUSE = (
    ("Teams", "groups", "issues_team", "issues.view_team"),
    ("Routing", "alt_route", "issues_routingrule", "issues.view_routingrule"),
    ("Deadlines", "timer", "issues_slapolicy", "issues.view_slapolicy"),
    ("Business hours", "calendar_clock", "issues_businesshours", "issues.view_businesshours"),
    ("Employees", "badge", "accounts_employee", "accounts.view_employee"),
    ("Roles", "shield_person", "auth_group", "auth.view_group"),
    ("Refund limits", "speed", "accounts_refundlimit", "accounts.view_refundlimit"),
    ("Keys", "key", "accounts_apikey", "accounts.view_apikey"),
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


def _items(pages: tuple[tuple, ...], request: HttpRequest, actor: Actor) -> list[dict]:
    return [_item(request, actor, *page) for page in pages if actor.person.has_perm(page[PERMISSION])]


def _item(
    request: HttpRequest,
    actor: Actor,
    title: str,
    icon: str,
    page: str,
    permission: str,
    part: Mapping[str, str] | None = None,
    count: Callable[[Grants], str] | None = None,
) -> dict:
    link = reverse(f"admin:{page}_changelist")
    item = {"title": title, "icon": icon, "link": link, "active": _is_open(request, link, part)}
    if part is not None and count is not None:
        item |= {"link": f"{link}?{urlencode(part)}", "badge": count(actor.grants)}
    return item


def _is_open(request: HttpRequest, link: str, part: Mapping[str, str] | None) -> bool:
    """Of a list and its parts only what is looked at: a part by its filter, the list where no part is."""
    if part is not None:
        return request.path == link and _shows(request, part)
    return request.path.startswith(link) and not any(_shows(request, each) for each in PARTS)


def _shows(request: HttpRequest, part: Mapping[str, str]) -> bool:
    return part.items() <= request.GET.dict().items()
