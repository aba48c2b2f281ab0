"""Who hears that the books differ: the managers, each of the orders of the stores they see.

That books could not be read is no matter of stores: all of them hear of it.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.actor import Grants
from accounts.models import Employee
from accounts.roles import DECIDE_APPROVAL
from events.messages import Message, queue_messages
from events.models import Event
from refunds.models import Finding, FindingQuerySet, Reconciliation

KIND = "reconciliation"
SHOWN = 20


def tell_of_differences(event: Event) -> None:
    """Each finding once: of those that a run told of first."""
    new = Finding.objects.filter(told_in=event.data["reconciliation_id"]).order_by("kind", "pk")
    queue_messages(event, [message_of(manager, new) for manager, new in readers_of(new)])


def tell_of_unread(event: Event) -> None:
    run = Reconciliation.objects.get(pk=event.data["reconciliation_id"])
    path = reverse("admin:refunds_reconciliation_change", args=[run.pk])
    facts = {"unread": run.unread[:SHOWN]}
    queue_messages(event, [message_to(manager, "reconciliation_unread", path, facts) for manager in managers()])


def managers() -> Iterator[Employee]:
    app, _, codename = DECIDE_APPROVAL.partition(".")
    deciders = Employee.objects.filter(
        is_active=True, groups__permissions__codename=codename, groups__permissions__content_type__app_label=app
    )
    yield from deciders.distinct()


def readers_of(findings: FindingQuerySet) -> Iterator[tuple[Employee, FindingQuerySet]]:
    for employee in managers():
        seen = findings.visible_to(Grants.of_employee(employee))
        if seen.exists():
            yield employee, seen


def message_of(employee: Employee, findings: FindingQuerySet) -> Message:
    facts = {"findings": findings[:SHOWN], "count": findings.count()}
    return message_to(employee, "reconciliation", reverse("admin:refunds_finding_changelist"), facts)


def message_to(employee: Employee, words: str, path: str, facts: dict[str, Any]) -> Message:
    subject, _, text = render_to_string(f"email/{words}.txt", facts).strip().partition("\n")
    body = {"text": text.strip(), "url": settings.PUBLIC_URL + path, "action": ""}
    return Message(
        kind=KIND,
        subject=subject,
        text=render_to_string("email/message.txt", body).strip(),
        html=render_to_string("email/message.html", body),
        url=path,
        employee=employee,
    )
