"""Store credit: what customers have, in what lots, and every entry of it; and the deeds of it on a refund's page."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from accounts import roles
from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.dialogs import dialog_action, done
from common.display import NOTHING, moment, money
from orders.models import Customer
from refunds.actions.credit_instead import credit_instead, is_replaceable
from refunds.actions.credit_revert import revert_credit
from refunds.actions.paid_after_all import is_paid_after_all
from refunds.forms import CreditInsteadForm, NoteForm
from refunds.models import LedgerAccount, LedgerEntry, LedgerLot, Refund, RefundStatus, Source

INSTEAD = {
    "title": "Does the customer take store credit instead?", "form_class": CreditInsteadForm,
    "form_submit_text": "Refund as store credit",
}  # fmt: skip
REVERT = {
    "title": "Take back what the customer has not spent?", "form_class": NoteForm, "form_submit_text": "Take it back",
}  # fmt: skip
NEWEST = 50


class LotInline(ReadOnlyMixin, TabularInline):
    model = LedgerLot
    fields = ("created_at", "amount", "remaining", "expires_at")
    extra = 0
    per_page = NEWEST
    ordering = ("-pk",)
    verbose_name_plural = "lots"


class EntryInline(ReadOnlyMixin, TabularInline):
    model = LedgerEntry
    fields = ("at", "kind", "amount", "refund", "reference", "by")
    readonly_fields = ("at", "kind", "refund", "reference", "by")
    extra = 0
    per_page = NEWEST
    ordering = ("-pk",)
    verbose_name_plural = "entries"

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).select_related("posting__refund", "posting__employee")

    @display(description="When")
    def at(self, entry: LedgerEntry) -> str:
        return moment(entry.posting.created_at)

    @display(description="Kind")
    def kind(self, entry: LedgerEntry) -> str:
        return entry.posting.get_kind_display()

    @display(description="Refund")
    def refund(self, entry: LedgerEntry) -> str:
        return str(entry.posting.refund or NOTHING)

    @display(description="Reference")
    def reference(self, entry: LedgerEntry) -> str:
        return entry.posting.reference or NOTHING

    @display(description="By")
    def by(self, entry: LedgerEntry) -> str:
        return str(entry.posting.employee or "Redress")


@admin.register(LedgerAccount)
class CreditAccountAdmin(ReadOnlyMixin, ModelAdmin):
    list_display = ("customer_id", "customer", "in_full")
    list_display_links = ("customer_id",)
    list_fullwidth = True
    list_select_related = ("customer",)
    search_fields = ("customer__id", "customer__name", "customer__email")
    search_help_text = "Id, name or e-mail address of the customer"
    ordering = ("-pk",)
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    fields = ("customer", "in_full")
    readonly_fields = ("in_full",)
    inlines = (LotInline, EntryInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        """Customers' accounts; the desk's counter account has an entry for each of theirs."""
        customers = Customer.objects.visible_to(actor_of(request, via="admin").grants)
        return super().get_queryset(request).filter(customer__in=customers)

    @display(description="Balance")
    def in_full(self, account: LedgerAccount) -> str:
        return money(account.balance, account.currency)


class CreditDeeds:
    """For the admin of refunds, which says who sees a refund (``_refund``)."""

    def has_credit_instead_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        refund: Refund | None = self._refund(request, roles.START_REFUND, object_id)  # type: ignore[attr-defined]
        return refund is not None and is_replaceable(refund) and not is_paid_after_all(refund)

    def has_revert_credit_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        refund: Refund | None = self._refund(request, roles.DECIDE_APPROVAL, object_id)  # type: ignore[attr-defined]
        if refund is None or refund.requested_by_id == request.user.pk:
            return False
        return (refund.source, refund.status) == (Source.STORE_CREDIT, RefundStatus.SUCCEEDED)

    @dialog_action(INSTEAD, description="Store credit instead", permissions=["credit_instead"])
    def credit_instead(self, request: HttpRequest, form: CreditInsteadForm, object_id: str) -> HttpResponse:
        actor, note = actor_of(request, via="admin"), form.cleaned_data["note"]
        credit_instead(object_id, consent=form.consent, actor=actor, note=note)
        return done(request, "The refund is given as store credit instead.", _page_of(object_id))

    @dialog_action(REVERT, description="Take credit back", permissions=["revert_credit"], variant=ActionVariant.DANGER)
    def revert_credit(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        actor, note = actor_of(request, via="admin"), form.cleaned_data["note"]
        revert_credit(object_id, actor=actor, note=note)
        return done(request, "What the customer had not spent was taken back.", _page_of(object_id))


def _page_of(refund_id: str) -> str:
    return reverse("admin:refunds_refund_change", args=[refund_id])
