"""The inbox of requests, and one of them with the issue's story beside it."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.roles import DECIDE_APPROVAL
from common import clock
from common.api.cursor import page_of
from common.errors import ValidationFailed
from issues.forms import DecisionForm
from issues.models import Approval, Issue
from issues.refund_review import review_of
from issues.story import story_of
from issues.web.filters import ApprovalFilterForm
from issues.web.page import Page
from issues.workflow import ApprovalStatus


class ApprovalsPage(Page):
    template = "issues/approvals.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = ApprovalFilterForm(request.GET)
        approvals = filters.applied(Approval.objects.visible_to(self.actor.grants).in_full())
        try:
            page = page_of(approvals, request)
        except ValidationFailed:  # a cursor of another list
            return redirect("web:approvals")
        return self.show({"page": page, "filters": filters})


class ApprovalPage(Page):
    template = "issues/approval.html"

    def get(self, request: HttpRequest, approval_id: UUID) -> HttpResponse:
        approval = self.find(approval_id)
        return self.show_approval(approval, DecisionForm(approval, actor=self.actor))

    def post(self, request: HttpRequest, approval_id: UUID) -> HttpResponse:
        form = DecisionForm(self.find(approval_id), request.POST, actor=self.actor)
        if not form.submit():
            return self.show_approval(self.find(approval_id), form)
        messages.success(request, f"The request was {form.cleaned_data['decision']}.")
        return redirect("web:approval", approval_id)

    def find(self, approval_id: UUID) -> Approval:
        return get_object_or_404(self.approvals, pk=approval_id)

    @property
    def approvals(self) -> QuerySet[Approval]:
        return Approval.objects.visible_to(self.actor.grants).in_full()

    def show_approval(self, approval: Approval, form: DecisionForm) -> HttpResponse:
        issue = Issue.objects.in_full().get(pk=approval.issue_id)
        passages, has_earlier = story_of(issue, whole="whole" in self.request.GET)
        return self.show(
            {
                "approval": approval,
                "issue": issue,
                "form": form,
                "why_not": why_not_decidable(self, approval),
                "review": review_of(approval, actor=self.actor),
                "story": passages,
                "has_earlier": has_earlier,
            },
            status=form.http_status,
        )


def why_not_decidable(page: Page, approval: Approval) -> str:
    """What to tell somebody to whom the buttons are not offered; the action itself refuses them in any case."""
    if approval.status != ApprovalStatus.PENDING:
        return "This request is no longer waiting for a decision."
    if approval.requested_by_id == page.actor.person.pk:
        return "You asked for this yourself, so another person must decide it."
    if not page.actor.may(DECIDE_APPROVAL):
        return "Managers decide this. You will hear of it when they have."
    if approval.expires_at <= clock.now():
        return "This request waited too long and expires. Ask again if it is still needed."
    return ""
