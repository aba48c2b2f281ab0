"""Claims at the insurer, and its answers where people write them down."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from accounts import roles
from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.audit_admin import AuditTrailMixin
from common.dialogs import dialog_action, done
from common.display import NOTHING, badge, moment, money
from refunds.actions.claim import accept_claim, reject_claim, review_claim
from refunds.forms import AcceptClaimForm, AcceptPartForm, NoteForm, RejectClaimForm
from refunds.models import Claim, ClaimQuerySet, ClaimStatus

REVIEW = {"title": "Does the insurer look into it?", "form_class": NoteForm, "form_submit_text": "It is in review"}
ACCEPT = {
    "title": "Has the insurer accepted all of it?", "form_class": AcceptClaimForm, "form_submit_text": "Accepted",
}  # fmt: skip
PART = {"title": "How much of it?", "form_class": AcceptPartForm, "form_submit_text": "Accepted in part"}
REJECT = {"title": "Has the insurer rejected it?", "form_class": RejectClaimForm, "form_submit_text": "Rejected"}


@admin.register(Claim)
class ClaimAdmin(ReadOnlyMixin, AuditTrailMixin, ModelAdmin):
    list_display = ("when", "order", "asked", "accepted", "state", "reference", "filed")
    list_filter = (("status", ChoicesDropdownFilter),)
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("refund",)
    search_fields = ("refund__order__id", "refund__issue__number", "reference")
    search_help_text = "Order, issue number or the insurer's reference"
    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    actions_detail = ("review", "accept", "accept_part", "reject")
    fields = (
        "refund_link", "number", "status", "asked", "accepted", "reference", "reason_code", "reason", "description",
        "evidence", "created_at", "filed_at", "decided_at", "tries", "last_error",
    )  # fmt: skip
    readonly_fields = ("refund_link", "asked", "accepted", "evidence")

    def get_queryset(self, request: HttpRequest) -> ClaimQuerySet:  # type: ignore[override]
        stores = actor_of(request, via="admin").grants.stores
        claims = Claim.objects.order_by(*self.ordering)
        return claims if stores is None else claims.filter(refund__order__store__in=stores)

    @display(description="When")
    def when(self, claim: Claim) -> str:
        return moment(claim.created_at)

    @display(description="Filed")
    def filed(self, claim: Claim) -> str:
        return moment(claim.filed_at)

    @display(description="Order")
    def order(self, claim: Claim) -> str:
        return claim.refund.order_id

    @display(description="Refund")
    def refund_link(self, claim: Claim) -> str:
        page = reverse("admin:refunds_refund_change", args=[claim.refund_id])
        return format_html('<a href="{}">{}</a>', page, claim.refund)

    @display(description="Asked")
    def asked(self, claim: Claim) -> str:
        return money(claim.asked_amount, claim.refund.currency)

    @display(description="Accepted")
    def accepted(self, claim: Claim) -> str:
        return money(claim.accepted_amount, claim.refund.currency) if claim.accepted_amount else NOTHING

    @display(description="Status")
    def state(self, claim: Claim) -> str:
        return badge(claim.status, "claim")

    @display(description="Evidence")
    def evidence(self, claim: Claim) -> str:
        links = ((url, url) for url in claim.attachments)
        return format_html_join("", '<a href="{}" rel="noopener noreferrer">{}</a><br>', links) or NOTHING

    def has_answer_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Of an open claim, by who may decide and did not ask for the refund."""
        if object_id is None or not request.user.has_perm(roles.DECIDE_APPROVAL):
            return False
        claims = self.get_queryset(request).open().exclude(refund__requested_by=request.user.pk)
        return claims.filter(pk=object_id).exists()

    def has_review_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None or not self.has_answer_permission(request, object_id):
            return False
        return self.get_queryset(request).filter(pk=object_id, status=ClaimStatus.SUBMITTED).exists()

    @dialog_action(REVIEW, description="In review", permissions=["review"])
    def review(self, request: HttpRequest, form: NoteForm, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, review_claim, note=form.cleaned_data["note"])

    @dialog_action(ACCEPT, description="Accept", permissions=["answer"])
    def accept(self, request: HttpRequest, form: AcceptClaimForm, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, accept_claim, note=form.cleaned_data["note"])

    @dialog_action(PART, description="Accept in part", permissions=["answer"])
    def accept_part(self, request: HttpRequest, form: AcceptPartForm, object_id: str) -> HttpResponse:
        given = {name: form.cleaned_data[name] for name in ("amount", "note")}
        return self._answer(request, object_id, accept_claim, **given)

    @dialog_action(REJECT, description="Reject", permissions=["answer"], variant=ActionVariant.DANGER)
    def reject(self, request: HttpRequest, form: RejectClaimForm, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, reject_claim, reason=form.cleaned_data["note"])

    def _answer(self, request: HttpRequest, claim_id: str, deed: Callable[..., Any], **given: Any) -> HttpResponse:
        claim = self.get_queryset(request).get(pk=claim_id)
        deed(claim.refund_id, claim_id=claim.pk, actor=actor_of(request, via="admin"), **given)
        return done(
            request, "The insurer's answer is written down.", reverse("admin:refunds_claim_change", args=[claim_id])
        )
