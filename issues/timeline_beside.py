"""What the timeline tells beside the issue's own rows: tags, links, files, and what was said on merged duplicates.

Links are told of issues of the same store alone, so that nobody reads a number there that they could not look up.
"""

from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet, UUIDField, Value
from django.db.models.functions import NullIf
from django.urls import reverse

from issues.models import Issue, IssueLink, IssueTag, LinkKind, StoredFile

Change = dict[str, Any]
Told = tuple[str, Change]


def said_on(issue: Issue, rows: QuerySet) -> QuerySet:
    """``rows`` of the issue and of the duplicates that were merged into it; these know their ``merged_from``."""
    if not issue.merged_here:
        return rows.filter(issue=issue)
    merged_from = NullIf(F("issue__number"), Value(issue.number))
    return rows.filter(issue__in=[issue.pk, *issue.merged_here]).annotate(merged_from=merged_from)


def origin_of(row: Any) -> Change:
    number = getattr(row, "merged_from", None)
    return {"merged_from": number} if number else {}


def tag_steps(issue: Issue) -> QuerySet:
    steps = IssueTag.history.model.objects.filter(id__in=issue.tags.values("pk"))
    return steps.select_related("history_user")


def tell_tag(row: Any) -> list[Told]:
    before, after = (None, row.name) if row.is_on else (row.name, None)
    return [("field_changed", {"field": "tag", "before": before, "after": after})]


def link_steps(issue: Issue) -> QuerySet:
    links = IssueLink.objects.of(issue).filter(issue__order__store=F("other__order__store"))
    steps = IssueLink.history.model.objects.filter(id__in=links.values("pk"))
    seen_from = Value(issue.pk, output_field=UUIDField())
    return steps.select_related("history_user", "issue", "other").annotate(seen_from=seen_from)


def tell_link(row: Any) -> list[Told]:
    is_source = row.issue_id == row.seen_from
    number = row.other.number if is_source else row.issue.number
    before, after = (None, number) if row.removed_at is None else (number, None)
    data = {"field": _relation(row, is_source), "before": before, "after": after}
    if row.status_before and not is_source and after:
        data["description"] = row.issue.description
    return [("field_changed", data)]


def files_of(issue: Issue) -> QuerySet:
    return said_on(issue, StoredFile.objects.present().select_related("author"))


def tell_file(file: StoredFile) -> list[Told]:
    url = settings.PUBLIC_URL + reverse("web:file", args=[file.issue_id, file.pk])
    data = {"url": url, "name": file.name, "media_type": file.media_type, "size": file.size}
    return [("attachment", data | origin_of(file))]


def _relation(row: Any, is_source: bool) -> str:
    if row.status_before:
        return "merged_into" if is_source else "merged"
    return row.kind if is_source else LinkKind(row.kind).seen_from_the_other
