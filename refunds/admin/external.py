"""Refunds that were made elsewhere, and what providers told. To look at alone."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.audit_admin import AuditTrailMixin
from common.display import badge, moment, money
from orders.admin import OrderAdmin
from refunds.models import ExternalRefund, ProviderEvent


class ForAPersonFilter(DropdownFilter):
    title = "order's total"
    parameter_name = "room"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("none", "No room for it: look into it")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        return queryset.for_a_person() if self.value() == "none" else queryset


class RowsAdmin(ReadOnlyMixin, ModelAdmin):
    list_filter_submit = True
    list_fullwidth = True
    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None


@admin.register(ExternalRefund)
class ExternalRefundAdmin(AuditTrailMixin, RowsAdmin):
    list_display = ("when", "order", "amount_in_full", "state", "counts", "provider", "reference")
    list_filter = (("status", ChoicesDropdownFilter), ForAPersonFilter)
    list_select_related = ("order",)
    search_fields = ("order__id", "reference", "payment_reference")
    search_help_text = "Order, or the provider's reference of refund or payment"
    fieldsets = (
        (None, {"fields": ("order", "amount_in_full", "status", "counts", "made_at", "created_at")}),
        ("Payment", {"fields": ("provider", "account", "reference", "payment_reference")}),
    )
    readonly_fields = ("amount_in_full",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExternalRefund]:
        return super().get_queryset(request).visible_to(actor_of(request, via="admin").grants)

    @display(description="When")
    def when(self, external: ExternalRefund) -> str:
        return moment(external.made_at)

    @display(description="Amount")
    def amount_in_full(self, external: ExternalRefund) -> str:
        return money(external.amount, external.currency)

    @display(description="Status")
    def state(self, external: ExternalRefund) -> str:
        return badge(external.status, "refund")


@admin.register(ProviderEvent)
class ProviderEventAdmin(RowsAdmin):
    list_display = ("when", "provider", "kind", "event_id", "outcome", "attempts", "last_error")
    list_filter = (("outcome", ChoicesDropdownFilter),)
    search_fields = ("event_id", "refund_reference", "disputed_payment")
    search_help_text = "The provider's id of the event, the refund or the payment"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderEvent]:
        """Nothing in an event says which store it is about: it is for those who see all."""
        sees_all = actor_of(request, via="admin").grants.stores is None
        return super().get_queryset(request) if sees_all else ProviderEvent.objects.none()

    @display(description="When")
    def when(self, event: ProviderEvent) -> str:
        return moment(event.created_at)


class ExternalRefundInline(ReadOnlyMixin, TabularInline):
    model = ExternalRefund
    verbose_name_plural = "Refunds made elsewhere"
    fields = ("reference", "amount", "status", "counts", "made_at")
    extra = 0


# Orders do not know of refunds.
OrderAdmin.inlines = (*OrderAdmin.inlines, ExternalRefundInline)  # type: ignore[assignment]
