"""Payouts to make: what finance pays by hand, one by one or several at once."""

from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from accounts import roles
from accounts.browser import actor_of
from common import clock
from common.admin import ReadOnlyMixin
from common.audit_admin import AuditTrailMixin
from common.dialogs import dialog_action, done
from common.display import NOTHING, badge, in_words, moment, money
from refunds.actions.payout import confirm_payout, confirm_payouts, deny_payout
from refunds.admin.lists import OverdueFilter
from refunds.forms import NotPaidForm, PaidForm
from refunds.models import PayoutToMake, RefundStatus, Source
from refunds.providers import PAID_BY_HAND

PAID = {"title": "By which payment was it paid?", "form_class": PaidForm, "form_submit_text": "It was paid"}
NOT_PAID = {"title": "Why is it not paid?", "form_class": NotPaidForm, "form_submit_text": "It will not be paid"}
MOST_AT_ONCE = 100
LIST = "admin:refunds_payouttomake_changelist"


@admin.register(PayoutToMake)
class PayoutAdmin(ReadOnlyMixin, AuditTrailMixin, ModelAdmin):
    list_display = ("since", "order", "customer", "amount_in_full", "method", "source", "expected_by", "lateness")
    list_filter = (OverdueFilter,)
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("order__customer",)
    search_fields = ("order__id", "issue__number")
    search_help_text = "Order or issue number"
    ordering = ("expected_by", "id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = ("confirm_several",)
    actions_detail = ("paid", "not_paid")
    fields = (
        "order", "issue", "customer", "amount_in_full", "source", "payment_method", "requested_by", "approved_by",
        "created_at", "expected_by",
    )  # fmt: skip
    readonly_fields = ("customer", "amount_in_full")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutToMake]:
        seen = super().get_queryset(request).visible_to(actor_of(request, via="admin").grants)
        by_hand = seen.filter(status=RefundStatus.PENDING, payment_method__in=PAID_BY_HAND)
        return by_hand.exclude(source=Source.STORE_CREDIT)

    def has_view_permission(self, request: HttpRequest, obj: PayoutToMake | None = None) -> bool:
        return request.user.has_perm("refunds.view_refund")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @display(description="Asked for")
    def since(self, payout: PayoutToMake) -> str:
        return moment(payout.created_at)

    @display(description="Customer")
    def customer(self, payout: PayoutToMake) -> str:
        return str(payout.order.customer or NOTHING)

    @display(description="Amount")
    def amount_in_full(self, payout: PayoutToMake) -> str:
        return money(payout.amount, payout.currency)

    @display(description="To")
    def method(self, payout: PayoutToMake) -> str:
        return in_words(payout.payment_method)

    @display(description="Late")
    def lateness(self, payout: PayoutToMake) -> str:
        is_late = payout.expected_by is not None and payout.expected_by < clock.now().date()
        return badge("late") if is_late else NOTHING

    def has_confirm_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """For the list: whoever may decide. For one: who did not ask for it."""
        if not request.user.has_perm(roles.DECIDE_APPROVAL):
            return False
        if object_id is None:
            return True
        return self.get_queryset(request).filter(pk=object_id).exclude(requested_by=request.user.pk).exists()

    @dialog_action(PAID, description="Paid", permissions=["confirm"])
    def paid(self, request: HttpRequest, form: PaidForm, object_id: str) -> HttpResponse:
        actor, given = actor_of(request, via="admin"), form.cleaned_data
        confirm_payout(object_id, given["reference"], actor=actor, note=given["note"])
        return done(request, "The payout is written down as paid.", reverse(LIST))

    @dialog_action(NOT_PAID, description="Not paid", permissions=["confirm"], variant=ActionVariant.DANGER)
    def not_paid(self, request: HttpRequest, form: NotPaidForm, object_id: str) -> HttpResponse:
        deny_payout(object_id, actor=actor_of(request, via="admin"), note=form.cleaned_data["note"])
        return done(request, "The payout is written down as not paid; its amount is free again.", reverse(LIST))

    @admin.action(description="Confirm as paid", permissions=["confirm"])
    def confirm_several(self, request: HttpRequest, queryset: QuerySet[PayoutToMake]) -> HttpResponse | None:
        """First a page that asks for the payment of each, then the deed, with a word on each."""
        payouts = list(queryset.select_related("order__customer").order_by("expected_by", "id")[:MOST_AT_ONCE])
        if "confirmed" not in request.POST:
            context = {"title": "Confirm as paid", "opts": self.opts, "payouts": payouts}
            shown = self.admin_site.each_context(request) | context
            return TemplateResponse(request, "admin/refunds/payouts.html", shown)
        references = [(payout.pk, request.POST.get(f"reference-{payout.pk}", "")) for payout in payouts]
        results = confirm_payouts(references, actor=actor_of(request, via="admin"))
        names: dict[UUID, str] = {payout.pk: f"{payout.order_id}, {self.amount_in_full(payout)}" for payout in payouts}
        for result in results:
            if result.refusal is None:
                messages.success(request, f"{names[result.refund_id]}: paid.")
            else:
                messages.error(request, f"{names[result.refund_id]}: {result.refusal.in_words}")
        return None
