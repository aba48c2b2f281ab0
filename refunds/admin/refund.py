"""Refunds to look at. They are made, decided, cancelled and tried again by actions."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from accounts.actor import Actor
from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.audit_admin import READ, AuditTrailMixin
from common.dialogs import dialog_action, done
from common.display import badge, in_words, moment, money
from common.ids import as_uuid
from refunds.actions.cancel import cancel_refund
from refunds.actions.confirm import confirm_refund
from refunds.actions.look_up import look_up_refund
from refunds.actions.retry import retry_refund
from refunds.admin.credit import CreditDeeds
from refunds.admin.lists import (
    NEEDS_REVIEW,
    OVERDUE,
    OverdueFilter,
    is_asked_for,
    offers_for,
    overdue_days,
    since,
    why,
    with_last_attempt,
)
from refunds.admin.possible import may_be_done
from refunds.admin.refund_page import context_of
from refunds.forms import ConfirmForm, NoteForm
from refunds.models import Refund, RefundQuerySet

LOOK_UP = {"title": "Ask the provider again now?", "form_class": NoteForm, "form_submit_text": "Look it up"}
CANCEL = {"title": "Cancel this refund?", "form_class": NoteForm, "form_submit_text": "Cancel the refund"}
RETRY = {"title": "Try this refund again?", "form_class": NoteForm, "form_submit_text": "Try again"}
CONFIRM = {"title": "What became of the money?", "form_class": ConfirmForm, "form_submit_text": "Confirm"}
SHOWN_WITH = (
    "order__customer", "issue", "requested_by", "requested_with", "approved_by", "replaces", "consent__recorded_by",
)  # fmt: skip


@admin.register(Refund)
class RefundAdmin(CreditDeeds, ReadOnlyMixin, AuditTrailMixin, ModelAdmin):
    list_display = ("when", "order", "amount_in_full", "source", "state", "requested_by", "expected_by")
    list_filter = (("status", ChoicesDropdownFilter), ("source", ChoicesDropdownFilter), OverdueFilter)
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("order", "requested_by")
    search_fields = ("order__id", "issue__number", "provider_reference")
    search_help_text = "Order, issue number or the provider's reference"
    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    actions_detail = ("look_up", "cancel", "retry", "confirm", "credit_instead", "revert_credit")

    def get_queryset(self, request: HttpRequest) -> RefundQuerySet:
        seen = Refund.objects.visible_to(_actor(request).grants)
        return with_last_attempt(seen) if is_asked_for(NEEDS_REVIEW, request) else seen

    # The list, and two that somebody works through

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns: list[Any] = list(super().get_list_display(request))
        if is_asked_for(NEEDS_REVIEW, request):
            return [*columns[:5], since, why, offers_for(_actor(request))]
        return [*columns, overdue_days] if is_asked_for(OVERDUE, request) else columns

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What is late the longest first; in other lists the newest."""
        return ("expected_by", "id") if is_asked_for(OVERDUE, request) else self.ordering

    @display(description="When")
    def when(self, refund: Refund) -> str:
        return moment(refund.created_at)

    @display(description="Amount")
    def amount_in_full(self, refund: Refund) -> str:
        return money(refund.amount, refund.currency)

    @display(description="Status")
    def state(self, refund: Refund) -> str:
        return badge(refund.status, "refund")

    # The page of one

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Instead of Django's form of columns: it only shows, and what can be done is asked for by the dialogs."""
        if object_id is None or request.method not in READ:
            raise PermissionDenied
        refund = self._seen(request, object_id, *SHOWN_WITH)
        if refund is None or not self.has_view_permission(request, refund):
            raise Http404
        title = f"{self.amount_in_full(refund)} from {in_words(refund.source).lower()}"
        around = self.admin_site.each_context(request) | {"opts": self.opts, "title": title, "original": title}
        request.current_app = self.admin_site.name
        page = around | context_of(refund, actor=_actor(request))
        return TemplateResponse(request, "admin/refunds/refund.html", page)

    def has_look_up_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._can("look_up", request, object_id)

    def has_cancel_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._can("cancel", request, object_id)

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._can("retry", request, object_id)

    def has_confirm_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._can("confirm", request, object_id)

    @dialog_action(LOOK_UP, description="Look it up", permissions=["look_up"])
    def look_up(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._carry_out(request, look_up_refund, object_id, form, said="The provider is asked now.")

    @dialog_action(CANCEL, description="Cancel", permissions=["cancel"], variant=ActionVariant.DANGER)
    def cancel(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._carry_out(request, cancel_refund, object_id, form, said="The refund was cancelled.")

    @dialog_action(RETRY, description="Try again", permissions=["retry"])
    def retry(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._carry_out(request, retry_refund, object_id, form, said="The refund is tried again.")

    @dialog_action(CONFIRM, description="Confirm", permissions=["confirm"])
    def confirm(self, request: HttpRequest, form: ConfirmForm, object_id: str) -> HttpResponse:
        return self._carry_out(request, confirm_refund, object_id, form, said="Thank you: it is written down.")

    def _can(self, name: str, request: HttpRequest, refund_id: str | None) -> bool:
        refund = self._seen(request, refund_id, "order")
        return refund is not None and may_be_done(name, refund, actor=_actor(request))

    def _seen(self, request: HttpRequest, refund_id: str | None, *related: str) -> Refund | None:
        key = as_uuid(refund_id or "")
        return self.get_queryset(request).select_related(*related).filter(pk=key).first() if key else None

    def _refund(self, request: HttpRequest, permission: str, refund_id: str | None) -> Refund | None:
        """The refund, if the employee has the permission and sees it."""
        return self._seen(request, refund_id, "order") if request.user.has_perm(permission) else None

    def _carry_out(
        self, request: HttpRequest, deed: Callable[..., Any], refund_id: str, form: NoteForm, *, said: str
    ) -> HttpResponse:
        names = ("outcome", "reference", "note")
        given = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
        deed(refund_id, actor=_actor(request), **given)
        return done(request, said, reverse("admin:refunds_refund_change", args=[refund_id]))


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request, via="admin")
