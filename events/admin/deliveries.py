"""What webhooks sent and what came back; what was given up can be sent again."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, StackedInline
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.dialogs import DialogForm, dialog_action, done
from common.display import badge, moment
from events.actions.redeliver import redeliver
from events.admin.managing import ForThoseWhoManageWebhooks
from events.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

STATES = ("pending", "delivered", "failed")
AGAIN = {"title": "Send it again?", "form_submit_text": "Send"}


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return getattr(queryset, str(self.value()))() if self.value() in STATES else queryset


class EndpointFilter(RelatedDropdownFilter):
    """Offers those that the employee sees."""

    def field_choices(self, field: Field, request: HttpRequest, model_admin: Any) -> Any:
        seen = WebhookEndpoint.objects.visible_to(actor_of(request, via="admin").grants)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": seen})


class AttemptInline(ForThoseWhoManageWebhooks, ReadOnlyMixin, StackedInline):
    model = WebhookAttempt
    fields = (
        "at", "milliseconds", "url", "request_headers", "status", "response_headers", "response_body", "error",
    )  # fmt: skip
    ordering = ("-at",)
    extra = 0


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ForThoseWhoManageWebhooks, ReadOnlyMixin, ModelAdmin):
    list_display = ("when", "event_name", "endpoint", "state", "attempts", "next_attempt_at", "last_error")
    list_filter = (StateFilter, ("endpoint", EndpointFilter))
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("event", "endpoint")
    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    actions_detail = ("send_again",)
    inlines = (AttemptInline,)
    fields = (
        "endpoint", "event", "state", "attempts", "created_at", "delivered_at", "next_attempt_at", "last_error",
    )  # fmt: skip
    readonly_fields = ("state",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        endpoints = WebhookEndpoint.objects.visible_to(actor_of(request, via="admin").grants)
        return super().get_queryset(request).filter(endpoint__in=endpoints)

    def has_send_again_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None or not self.has_view_permission(request):
            return False
        return self.get_queryset(request).filter(pk=object_id, endpoint__is_enabled=True).exists()

    @display(description="When")
    def when(self, delivery: WebhookDelivery) -> str:
        return moment(delivery.created_at)

    @display(description="Event")
    def event_name(self, delivery: WebhookDelivery) -> str:
        return delivery.event.name

    @display(description="State")
    def state(self, delivery: WebhookDelivery) -> str:
        return badge(delivery.status, "webhook")

    @dialog_action(AGAIN, description="Send again", permissions=["send_again"])
    def send_again(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        endpoint_id = self.get_queryset(request).values_list("endpoint", flat=True).get(pk=object_id)
        redeliver(endpoint_id, UUID(object_id), actor=actor_of(request, via="admin"))
        return done(request, "It is on its way.", reverse("admin:events_webhookdelivery_change", args=[object_id]))
