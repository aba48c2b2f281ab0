"""Webhooks for administrators: to register, change, rotate, switch off and try out."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from accounts.browser import actor_of
from accounts.roles import MANAGE_WEBHOOKS
from common.as_seen import AsSeenMixin
from common.audit_admin import AuditTrailMixin
from common.dialogs import DialogForm, dialog_action, done
from common.display import badge, moment
from events.actions.change_webhook import change_webhook
from events.actions.create_webhook import WithSecret, create_webhook
from events.actions.rotate_webhook import rotate_webhook
from events.actions.send_test import send_test
from events.admin.managing import ForThoseWhoManageWebhooks
from events.forms import WebhookForm
from events.models import WebhookEndpoint

LIST = "admin:events_webhookendpoint_changelist"
ROTATE = {
    "title": "Rotate the secret",
    "description": "For a day, both secrets sign.",
    "form_submit_text": "Rotate",
}
TEST = {"title": "Send a test?", "form_submit_text": "Send"}
OFF = {"title": "Switch this webhook off?", "form_submit_text": "Switch off"}
ON = {"title": "Switch this webhook on?", "form_submit_text": "Switch on"}


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(AsSeenMixin, ForThoseWhoManageWebhooks, AuditTrailMixin, ModelAdmin):
    form = WebhookForm
    list_display = ("address", "state", "chosen", "store", "owner", "last_success")
    list_select_related = ("store", "owner")
    list_fullwidth = True
    search_fields = ("url", "description")
    ordering = ("-created_at", "-id")
    actions = None
    actions_detail = ("deliveries", "send_a_test", "rotate", "switch_off", "switch_on")
    add_fields = ("url", "description", "events", "store")
    readonly_fields = (
        "state", "owner", "failing_since", "last_success_at", "secret_changed_at", "previous_secret_until",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        return super().get_queryset(request).visible_to(actor_of(request, via="admin").grants)

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None):
        return (*self.add_fields, *self.readonly_fields, "seen") if obj else self.add_fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any):
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"grants": actor_of(request, via="admin").grants})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    def has_change_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    def has_rotate_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return object_id is not None and self._is_enabled(request, object_id) is not None

    def has_switched_on_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return object_id is not None and self._is_enabled(request, object_id) is True

    def has_switched_off_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return object_id is not None and self._is_enabled(request, object_id) is False

    @display(description="Address", ordering="url")
    def address(self, endpoint: WebhookEndpoint) -> str:
        return str(endpoint)

    @display(description="State")
    def state(self, endpoint: WebhookEndpoint) -> str:
        if endpoint.is_enabled:
            return badge("failing" if endpoint.failing_since else "works", "webhook")
        return badge(endpoint.disabled_because, "webhook")

    @display(description="Events")
    def chosen(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(endpoint.events)

    @display(description="Last success")
    def last_success(self, endpoint: WebhookEndpoint) -> str:
        return moment(endpoint.last_success_at)

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: WebhookForm, change: bool) -> None:
        actor = actor_of(request, via="admin")
        if change:
            change_webhook(obj.pk, form.given(), actor=actor)
            return
        made = create_webhook(form.given(), actor=actor)
        obj.pk, obj._made = made.endpoint.pk, made  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue=None) -> HttpResponse:
        """The secret, in this answer alone: a message would leave it in a cookie."""
        context = self.admin_site.each_context(request) | _secret_context(obj._made)  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/events/webhookendpoint/created.html", context)

    @action(description="Deliveries", permissions=["view"])
    def deliveries(self, request: HttpRequest, object_id: str) -> HttpResponse:
        page = f"{reverse('admin:events_webhookdelivery_changelist')}?endpoint__id__exact={UUID(object_id)}"
        return HttpResponse(status=303, headers={"Location": page})

    @dialog_action(TEST, description="Send a test", permissions=["switched_on"])
    def send_a_test(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        send_test(UUID(object_id), actor=actor_of(request, via="admin"))
        return done(request, "A test is on its way.", _page(object_id))

    @dialog_action(ROTATE, description="Rotate", permissions=["rotate"])
    def rotate(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        made = rotate_webhook(UUID(object_id), actor=actor_of(request, via="admin"))
        headers = {"HX-Retarget": "#dialog", "HX-Reselect": "#dialog"}
        page = "admin/events/webhookendpoint/rotated.html"
        return TemplateResponse(request, page, _secret_context(made), headers=headers)

    @dialog_action(OFF, description="Switch off", permissions=["switched_on"])
    def switch_off(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._switch(request, object_id, enabled=False)

    @dialog_action(ON, description="Switch on", permissions=["switched_off"])
    def switch_on(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        return self._switch(request, object_id, enabled=True)

    def _switch(self, request: HttpRequest, object_id: str, *, enabled: bool) -> HttpResponse:
        change_webhook(UUID(object_id), {"enabled": enabled}, actor=actor_of(request, via="admin"))
        return done(request, f"The webhook was switched {'on' if enabled else 'off'}.", _page(object_id))

    def _is_enabled(self, request: HttpRequest, object_id: str) -> bool | None:
        """None where it is not for this employee."""
        if not self.has_view_permission(request):
            return None
        return self.get_queryset(request).filter(pk=object_id).values_list("is_enabled", flat=True).first()


def _page(object_id: str) -> str:
    return reverse("admin:events_webhookendpoint_change", args=[object_id])


def _secret_context(made: WithSecret) -> dict[str, Any]:
    return {"webhook": made.endpoint, "secret": made.secret, "page": _page(str(made.endpoint.pk))}
