"""Whom to tell what: from an event to its messages (contract 5.1). ``events`` sends them, once for each person.

The words stand in ``templates/email/<kind>.txt``: the subject, an empty line, the text. The HTML form is made
from the same text.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, CharField, QuerySet, UUIDField
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Employee
from accounts.roles import MANAGER
from common.prepared import Parameter, Prepared, fetch_for_each, slots
from events import links
from events.kinds import describe
from events.messages import Message, queue_messages
from events.models import ChatRoom, Delivery, Event
from events.subscribers import subscribe
from issues.customer_texts import own_words
from issues.models import Approval, Communication, CustomerTextKind, Issue, SatisfactionLink
from issues.models.team import works_for
from issues.standing_in import who_may_decide, without_the_absent
from issues.workflow import Priority
from refunds.models import RefundStatus

Recipients = Callable[[Issue, Event], Iterable[Employee]]


def assignee(issue: Issue, event: Event) -> list[Employee]:
    return [issue.assigned_to] if issue.assigned_to else []


def who_it_was_given_to(issue: Issue, event: Event) -> list[Employee]:
    """Of several changes that follow closely, each new assignee hears."""
    return list(Employee.objects.filter(employee_id=event.data["to"]))


def assignee_or_team(issue: Issue, event: Event) -> list[Employee]:
    """Somebody must hear of it: the whole team where nobody has the issue in hand."""
    if issue.assigned_to or not issue.assigned_team:
        return assignee(issue, event)
    return list(issue.assigned_team.members.filter(is_active=True))


def managers(issue: Issue, event: Event) -> list[Employee]:
    return list(_who_see_the_store(issue.order.store_id).filter(groups__name=MANAGER))


def deciders(issue: Issue, event: Event) -> list[Employee]:
    """Who may decide, but for the one who asked, and for who is away and has somebody among them to stand in."""
    able = _who_see_the_store(issue.order.store_id).filter(pk__in=who_may_decide().values("pk"))
    return without_the_absent(list(able.exclude(pk=event.employee_id)))


def requester(issue: Issue, event: Event) -> list[Employee]:
    approval = Approval.objects.select_related("requested_by").get(pk=event.data["approval_id"])
    return [approval.requested_by] if approval.requested_by else []


def assignee_and_refund_requester(issue: Issue, event: Event) -> list[Employee]:
    refund = issue.refunds.select_related("requested_by").get(pk=event.data["refund_id"])
    return [*assignee(issue, event), refund.requested_by]


def _who_see_the_store(store: Any) -> QuerySet:
    return Employee.objects.filter(works_for(store, team="team__"), is_active=True).distinct()


_WHO_SEE_A_STORE = Prepared(
    lambda: _who_see_the_store(Parameter("store", CharField())).filter(pk__in=slots("employee", BigIntegerField()))
)


STAFF: dict[str, tuple[str, tuple[Recipients, ...]]] = {
    "issue.assigned": ("assigned", (who_it_was_given_to,)),
    "issue.became_critical": ("critical", (assignee_or_team, managers)),
    "issue.escalated": ("escalated", (assignee_or_team, managers)),
    "issue.follow_up_due": ("follow_up_due", (assignee_or_team,)),
    "sla.warning": ("sla_warning", (assignee_or_team,)),
    "sla.breached": ("sla_breached", (assignee_or_team, managers)),
    "issue.reopened": ("reopened", (assignee_or_team,)),
    "approval.requested": ("approval_requested", (deciders,)),
    "approval.approved": ("approval_decided", (requester,)),
    "approval.rejected": ("approval_decided", (requester,)),
    "approval.expired": ("approval_decided", (requester,)),
    "refund.failed": ("refund_failed", (assignee_and_refund_requester,)),
    "refund.returned": ("refund_failed", (assignee_and_refund_requester,)),
    "refund.needs_review": ("refund_needs_review", (managers,)),
}
HEARD_BY_MAIL = "customer_answered"
CLOSED = "customer_closed"
CUSTOMER = {"issue.resolved": "customer_resolved", "issue.closed": CLOSED}

# What employees choose by; what is urgent passes by their choice.
KINDS = {
    "assigned": "An issue is assigned to me",
    "created": "A new issue comes to me or my team",
    "reopened": "An issue of mine or my team's is reopened",
    "follow_up_due": "An issue of mine or my team's is to be followed up",
    "sla_warning": "An issue of mine or my team's nears its deadline",
    "sla_breached": "An issue of mine or my team's is late",
    "approval_requested": "Somebody asks for a decision",
    "approval_decided": "What I asked for is decided",
    HEARD_BY_MAIL: "A customer answers by mail",
    "refund_failed": "A refund fails or comes back",
    "refund_needs_review": "A refund needs a person to look",
}
URGENT = {
    "created_urgent": "A new issue is high or critical",
    "critical": "An issue becomes critical",
    "escalated": "An issue is escalated",
}


def subscribe_all() -> None:
    subscribe("issue.created", tell_of_new_issue)
    subscribe("communication.added", tell_of_an_answer)
    subscribe("approval.superseded", tell_of_a_void_refund)
    for name in STAFF:
        subscribe(name, tell_staff)
    for name in CUSTOMER:
        subscribe(name, tell_customer)
    links.made_by(CLOSED, link_to_answer)
    for kind, label in (KINDS | URGENT).items():
        describe(kind, label, is_urgent=kind in URGENT)


def tell_staff(event: Event) -> None:
    issue = issue_of(event)
    kind, groups = STAFF[event.name]
    _queue(event, issue, kind, [employee for group in groups for employee in group(issue, event)])


def tell_of_new_issue(event: Event) -> None:
    """Whoever got it hears of it; of a high or critical one, the managers too."""
    issue = issue_of(event)
    urgent = event.data["priority"] in (Priority.HIGH, Priority.CRITICAL)
    employees = assignee_or_team(issue, event) + (managers(issue, event) if urgent else [])
    _queue(event, issue, "created_urgent" if urgent else "created", employees)


def tell_of_an_answer(event: Event) -> None:
    """What a colleague wrote down is no news; what came in by itself is."""
    if event.via == "system" and event.data["direction"] == Communication.Direction.INBOUND:
        issue = issue_of(event)
        _queue(event, issue, HEARD_BY_MAIL, assignee_or_team(issue, event))


def tell_of_a_void_refund(event: Event) -> None:
    """Of one that was rejected with its request; that a step or a refund was taken back is no news to who asked."""
    if Approval.objects.filter(pk=event.data["approval_id"], refund__status=RefundStatus.REJECTED).exists():
        issue = issue_of(event)
        _queue(event, issue, "approval_decided", requester(issue, event))


def tell_customer(event: Event) -> None:
    issue = issue_of(event)
    customer = issue.order.customer
    if customer is None or not customer.email:
        return
    kind = CUSTOMER[event.name]
    merge = issue.links.merges().select_related("other").first() if event.name == "issue.resolved" else None
    if merge:  # nothing is resolved yet: the work goes on in the other issue
        kind = "customer_merged"
    url = links.PLACE if kind == CLOSED else ""
    subject, text, html = words_of(kind, issue, event, url=url, action="Tell us", merge=merge)
    queue_messages(event, [Message(kind=kind, subject=subject, text=text, html=html, address=customer.email)])


def link_to_answer(delivery: Delivery) -> str:
    """By which the customer, and nobody else, says whether they are satisfied."""
    token = SatisfactionLink.make(issue_of(delivery))
    return settings.PUBLIC_URL + reverse("web:satisfaction", args=[token])


def _queue(event: Event, issue: Issue, kind: str, employees: Iterable[Employee]) -> None:
    """To each of the ``employees`` once, if they still work here and see the issue's store."""
    path = _path(event, issue)
    subject, text, html = words_of(kind, issue, event, url=settings.PUBLIC_URL + path)
    message = Message(kind=kind, subject=subject, text=text, html=html, url=path)
    rooms = ChatRoom.objects.hearing(kind, issue.assigned_team_id)
    queue_messages(
        event,
        [replace(message, employee=each) for each in _still_concerned(issue, employees)]
        + [replace(message, room=each) for each in rooms],
    )


def _still_concerned(issue: Issue, employees: Iterable[Employee]) -> list[Employee]:
    wanted = {employee.pk for employee in employees}
    return list(fetch_for_each(_WHO_SEE_A_STORE, "employee", wanted, store=issue.order.store_id))


def issue_of(row: Event | Delivery) -> Issue:
    return _ISSUE.fetch(issue=row.issue_id)[0]


_RELATED = ("order__customer", "order__store", "assigned_to", "assigned_team")
_ISSUE = Prepared(lambda: Issue.objects.select_related(*_RELATED).filter(pk=Parameter("issue", UUIDField())))


def _path(event: Event, issue: Issue) -> str:
    if event.name == "approval.requested":
        return reverse("web:approval", args=[event.data["approval_id"]])
    return reverse("web:issue", args=[issue.pk])


def words_of(
    kind: str, issue: Issue, event: Event, *, url: str = "", action: str = "", **more: Any
) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    own = own_words(kind, issue, more) if kind in CustomerTextKind.values else None
    subject, text = own or built_in_words(kind, {"issue": issue, "event": event, **more})
    body = {"text": text.strip(), "url": url, "action": action}
    return subject, render_to_string("email/message.txt", body).strip(), render_to_string("email/message.html", body)


def built_in_words(kind: str, facts: dict[str, Any]) -> tuple[str, str]:
    subject, _, text = render_to_string(f"email/{kind}.txt", facts).strip().partition("\n")
    return subject, text
