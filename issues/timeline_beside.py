"""What the timeline tells beside the issue's own rows: tags, links, files, messages, and what was said on duplicates.

Links are told of issues of the same store alone, so that nobody reads a number there that they could not look up.
"""

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import NullIf
from django.urls import reverse

from events.models import Channel, Delivery
from issues.models import Issue, IssueLink, IssueTag, LinkKind, StoredFile

Change = dict[str, Any]
Told = tuple[str, Change]


def said_here_too(issue: Issue, rows: QuerySet) -> QuerySet:
    """``rows`` of the issue and of the duplicates that were merged into it; these know their ``merged_from``."""
    merged_from = NullIf(F("issue__number"), Value(issue.number))
    return rows.filter(issue__in=[issue.pk, *issue.merged_here]).annotate(merged_from=merged_from)


def origin_of(row: Any) -> Change:
    number = getattr(row, "merged_from", None)
    return {"merged_from": number} if number else {}


def messages_of(issue_id: Any) -> QuerySet[Delivery]:
    """Each message once: an employee's stands in the product, and goes out by mail besides."""
    once = Q(channel=Channel.IN_PRODUCT) | Q(employee=None)
    return Delivery.objects.filter(once, issue_id=issue_id).select_related("employee")


def recipient_of(delivery: Delivery) -> str:
    """An employee's id, ``customer``, or the name of a chat room."""
    if delivery.employee:
        return delivery.employee.employee_id
    return delivery.address if delivery.channel == Channel.CHAT else "customer"


def tell_message(delivery: Delivery) -> list[Told]:
    data = {
        "kind": delivery.kind,
        "channel": delivery.channel,
        "recipient": recipient_of(delivery),
        "subject": delivery.subject,
    }
    given_up = delivery.sent_at is None and delivery.next_attempt_at is None
    return [("notification", data | {"sent_at": delivery.sent_at, "undeliverable": given_up})]


def tag_steps(issue_id: Any) -> QuerySet:
    steps = IssueTag.history.model.objects.filter(id__in=IssueTag.objects.filter(issue=issue_id).values("pk"))
    return steps.select_related("history_user")


def tell_tag(row: Any) -> list[Told]:
    before, after = (None, row.name) if row.is_on else (row.name, None)
    return [("field_changed", {"field": "tag", "before": before, "after": after})]


def link_steps(issue_id: Any) -> QuerySet:
    links = IssueLink.objects.of(issue_id).filter(issue__order__store=F("other__order__store"))
    steps = IssueLink.history.model.objects.filter(id__in=links.values("pk"))
    is_source = ExpressionWrapper(Q(issue=issue_id), BooleanField())
    return steps.select_related("history_user", "issue", "other").annotate(is_source=is_source)


def tell_link(row: Any) -> list[Told]:
    number = row.other.number if row.is_source else row.issue.number
    before, after = (None, number) if row.removed_at is None else (number, None)
    data = {"field": _relation(row), "before": before, "after": after}
    if row.status_before and not row.is_source and after:
        data["description"] = row.issue.description
    return [("field_changed", data)]


def tell_file(file: StoredFile) -> list[Told]:
    url = settings.PUBLIC_URL + reverse("web:file", args=[file.issue_id, file.pk])
    data = {"url": url, "name": file.name, "media_type": file.media_type, "size": file.size}
    return [("attachment", data | origin_of(file))]


def _relation(row: Any) -> str:
    if row.status_before:
        return "merged_into" if row.is_source else "merged"
    return row.kind if row.is_source else LinkKind(row.kind).seen_from_the_other
