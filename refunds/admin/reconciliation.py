"""What the reconciliation found, for those who look into it; and each of its runs."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts import roles
from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.dialogs import dialog_action, done
from common.display import NOTHING, badge, in_words, moment, money
from refunds.actions.reconcile_look_into import look_into_finding
from refunds.forms import LookIntoForm
from refunds.models import Finding, FindingQuerySet, Reconciliation

LOOK_INTO = {"title": "You looked into it?", "form_class": LookIntoForm, "form_submit_text": "Write it down"}

# What each kind means, and where to look.
MEANINGS = {
    Finding.Kind.COUNTER_DIFFERS: "What the order says is promised is not the sum of its refunds. New refunds are "
    "measured by the counter: look at the order's refunds and at what wrote to the database around it.",
    Finding.Kind.MISSING_AT_PROVIDER: "We say that the provider has this refund, and it is not in its list. The "
    "customer may not have the money: look it up at the provider.",
    Finding.Kind.AMOUNT_DIFFERS: "The provider gave back another amount than we asked for.",
    Finding.Kind.STATUS_DIFFERS: "The provider says something else of this refund than we do, and nobody is about to "
    "ask again.",
    Finding.Kind.UNKNOWN_HERE: "The provider gave money back that no refund here asked for, most likely by hand. It "
    "does not count against the order's total.",
    Finding.Kind.PAID_TWICE: "The provider gave the money of one refund back more than once.",
}


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("unexplained", "To look into"), ("open", "Still there"), ("gone", "Gone")]

    def queryset(self, request: HttpRequest, queryset: FindingQuerySet) -> FindingQuerySet:
        if self.value() == "gone":
            return queryset.exclude(gone_at=None)
        chosen = {"unexplained": queryset.unexplained, "open": queryset.open}
        return chosen[self.value()]() if self.value() in chosen else queryset


class RowsAdmin(ReadOnlyMixin, ModelAdmin):
    list_filter_submit = True
    list_fullwidth = True
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None


@admin.register(Finding)
class FindingAdmin(RowsAdmin):
    list_display = ("first", "kind_in_words", "order_link", "ours", "theirs", "state", "last", "looked_into_by")
    list_filter = (StateFilter, ("kind", ChoicesDropdownFilter))
    list_select_related = ("looked_into_by",)
    search_fields = ("order__id", "reference")
    search_help_text = "Order or the provider's reference"
    ordering = ("-first_seen", "-id")
    actions_detail = ("look_into",)
    fieldsets = (
        (None, {"fields": ("kind_in_words", "meaning", "ours", "theirs", "state")}),
        ("About", {"fields": ("order_link", "refund_link", "provider", "reference")}),
        ("Seen", {"fields": ("first", "last", "gone_at", "seen_in")}),
        ("Looked into", {"fields": ("looked_into_by", "looked_into_at", "note")}),
    )
    readonly_fields = ("kind_in_words", "meaning", "order_link", "refund_link", "state", "first", "last")

    def get_queryset(self, request: HttpRequest) -> FindingQuerySet:
        return Finding.objects.visible_to(actor_of(request, via="admin").grants)

    @display(description="First seen")
    def first(self, finding: Finding) -> str:
        return moment(finding.first_seen)

    @display(description="Last seen")
    def last(self, finding: Finding) -> str:
        return moment(finding.last_seen)

    @display(description="Kind")
    def kind_in_words(self, finding: Finding) -> str:
        return in_words(finding.kind)

    @display(description="What it means")
    def meaning(self, finding: Finding) -> str:
        return MEANINGS[Finding.Kind(finding.kind)]

    @display(description="State")
    def state(self, finding: Finding) -> str:
        return badge("gone" if finding.gone_at else "looked_into" if finding.looked_into_at else "differs", "finding")

    @display(description="Order")
    def order_link(self, finding: Finding) -> str:
        return _link("admin:orders_order_change", finding.order_id, finding.order_id or "")

    @display(description="Refund")
    def refund_link(self, finding: Finding) -> str:
        refund = finding.refund
        words = f"{money(refund.amount, refund.currency)} from {in_words(refund.source).lower()}" if refund else ""
        return _link("admin:refunds_refund_change", finding.refund_id, words)

    def has_look_into_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None or not request.user.has_perm(roles.DECIDE_APPROVAL):
            return False
        return self.get_queryset(request).open().filter(pk=object_id).exists()

    @dialog_action(LOOK_INTO, description="Looked into", permissions=["look_into"])
    def look_into(self, request: HttpRequest, form: LookIntoForm, object_id: str) -> HttpResponse:
        look_into_finding(object_id, actor=actor_of(request, via="admin"), note=form.cleaned_data["note"])
        return done(
            request, "Thank you: it is written down.", reverse("admin:refunds_finding_change", args=[object_id])
        )


@admin.register(Reconciliation)
class ReconciliationAdmin(RowsAdmin):
    list_display = (
        "started", "state", "found", "orders_checked", "refunds_checked", "records_checked", "in_flight", "not_read",
    )  # fmt: skip
    list_filter = (("outcome", ChoicesDropdownFilter),)
    ordering = ("-started_at", "-id")
    fields = (
        "state", "started_at", "finished_at", "since", "orders_checked", "refunds_checked", "records_checked",
        "in_flight", "found", "not_read",
    )  # fmt: skip
    readonly_fields = ("state", "not_read")

    @display(description="Started")
    def started(self, run: Reconciliation) -> str:
        return moment(run.started_at)

    @display(description="Outcome")
    def state(self, run: Reconciliation) -> str:
        return badge(run.outcome, "reconciliation")

    @display(description="Books not read")
    def not_read(self, run: Reconciliation) -> str:
        rows = ((each["provider"], each["account"], each["reason"]) for each in run.unread)
        return format_html_join("", "<div>{} {}: {}</div>", rows) or NOTHING


def _link(page: str, key, words: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse(page, args=[key]), words) if key else NOTHING
