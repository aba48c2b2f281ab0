"""Who was told what, by which way, and what could not be delivered."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.display import NOTHING, badge, moment
from events.models import Delivery
from issues.models import Issue

# By what has become of it.
STATES = {
    "sent": Q(sent_at__isnull=False),
    "waiting": Q(sent_at=None, next_attempt_at__isnull=False),
    "undeliverable": Q(sent_at=None, next_attempt_at=None),
}


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(STATES[self.value()]) if self.value() in STATES else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyMixin, ModelAdmin):
    """Events know no issue; this page does, so it shows the messages about those that the employee sees."""

    list_display = ("when", "subject", "recipient", "channel", "state", "issue_link")
    list_filter = (StateFilter, ("channel", ChoicesDropdownFilter))
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("employee",)
    search_fields = ("subject", "address")
    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    fields = (
        "subject", "text", "recipient", "channel", "kind", "issue_link", "created_at", "sent_at", "read_at", "attempts",
        "next_attempt_at", "last_error",
    )  # fmt: skip
    readonly_fields = ("recipient", "issue_link")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        grants = actor_of(request, via="admin").grants
        deliveries = super().get_queryset(request)
        if grants.stores is None:
            return deliveries
        return deliveries.filter(issue_id__in=Issue.objects.visible_to(grants).values("pk"))

    @display(description="When")
    def when(self, delivery: Delivery) -> str:
        return moment(delivery.created_at)

    @display(description="To")
    def recipient(self, delivery: Delivery) -> str:
        return delivery.employee.name if delivery.employee else delivery.address or "The customer, without an address"

    @display(description="State")
    def state(self, delivery: Delivery) -> str:
        waits = delivery.next_attempt_at is not None
        return badge("sent" if delivery.sent_at else "waiting" if waits else "undeliverable")

    @display(description="Issue")
    def issue_link(self, delivery: Delivery) -> str:
        if delivery.issue_id is None:
            return NOTHING
        return format_html('<a href="{}">Open</a>', reverse("admin:issues_issue_change", args=[delivery.issue_id]))
