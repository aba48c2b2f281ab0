"""What was said and asked about issues: to look through. It is written by actions, and never changed."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.audit_admin import AuditTrailMixin
from common.display import badge, moment
from issues.models import Approval, Attachment, Communication, Note


class RecordAdmin(ReadOnlyMixin, ModelAdmin):
    """Rows that belong to an issue, of the stores that the employee sees."""

    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    list_fullwidth = True
    list_select_related: Sequence[str] = ("issue",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        stores = actor_of(request, via="admin").grants.stores
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows if stores is None else rows.filter(issue__order__store__in=stores)

    @display(description="When")
    def when(self, row) -> str:
        return moment(row.created_at)

    @display(description="Issue")
    def issue_link(self, row) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:issues_issue_change", args=[row.issue_id]), row.issue)


class SaidAdmin(RecordAdmin):
    list_select_related = ("issue", "author")
    search_fields = ("issue__number",)
    search_help_text = "Number of the issue"

    @display(description="Words")
    def words(self, row) -> str:
        return row.body[:120]


@admin.register(Note)
class NoteAdmin(SaidAdmin):
    list_display = ("when", "issue_link", "author", "words", "via")


@admin.register(Communication)
class CommunicationAdmin(SaidAdmin):
    list_display = ("when", "issue_link", "channel", "direction", "author", "words")
    list_filter = (("channel", ChoicesDropdownFilter), ("direction", ChoicesDropdownFilter))
    list_filter_submit = True


@admin.register(Attachment)
class AttachmentAdmin(SaidAdmin):
    readonly_fields = ("url",)
    list_display = ("when", "issue_link", "url", "author")


@admin.register(Approval)
class ApprovalAdmin(AuditTrailMixin, RecordAdmin):
    """Decided in the web pages and through the API, by another person than the one who asked."""

    list_display = ("when", "issue_link", "kind_badge", "status_badge", "requested_by", "decided_by", "decide")
    list_display_links = ("when",)
    list_filter = (("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("issue", "requested_by", "decided_by")
    search_fields = ("issue__number",)
    fields = (
        "issue_link", "refund", "kind", "status", "requested_status", "note", "requested_by", "created_at",
        "expires_at", "decided_by", "decided_at", "decision_note", "version", "decide",
    )  # fmt: skip
    readonly_fields = ("issue_link", "decide", "version")

    @display(description="Kind")
    def kind_badge(self, approval: Approval) -> str:
        return badge(approval.kind, "kind")

    @display(description="Status")
    def status_badge(self, approval: Approval) -> str:
        return badge(approval.status, "approval")

    @display(description="Its page")
    def decide(self, approval: Approval) -> str:
        return format_html('<a href="{}">Open</a>', reverse("web:approval", args=[approval.pk]))
