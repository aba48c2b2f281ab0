"""The inbox of requests, and one of them with the issue's story beside it."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.actor import Actor
from accounts.roles import DECIDE_APPROVAL
from common import clock
from common.api.cursor import page_of
from common.errors import ValidationFailed
from issues.actions.decide_each import Decided
from issues.asked_since import since_it_was_asked
from issues.errors import ApprovalAlreadyDecided
from issues.forms import DecisionForm, DecisionsForm
from issues.forms.decision import was_decided_so
from issues.forms.errors import words_of
from issues.models import Approval, Issue
from issues.refund_review import review_of
from issues.standing_in import stands_in_for
from issues.story import story_of
from issues.web.inbox import Inbox
from issues.web.page import Page
from issues.workflow import ApprovalStatus


class ApprovalsPage(Page):
    """The inbox; it takes one decision on all that are checked."""

    template = "issues/approvals.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_inbox(DecisionsForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DecisionsForm(request.POST, actor=self.actor)
        if not form.submit():
            return self.show_inbox(form)
        for level, line in lines_of(form.result, form.cleaned_data["decision"], self.actor):
            messages.add_message(request, level, line)
        return redirect(request.get_full_path())

    def show_inbox(self, form: DecisionsForm) -> HttpResponse:
        inbox = Inbox(self.request.GET, self.actor)
        try:
            page = page_of(inbox.approvals, self.request)
        except ValidationFailed:  # a cursor of another list
            return redirect("web:approvals")
        may_decide = not inbox.view and self.actor.may(DECIDE_APPROVAL)
        return self.show(
            {"page": page, "inbox": inbox, "form": form, "offers_boxes": may_decide}, status=form.http_status
        )


def lines_of(results: list[Decided], decision: str, actor: Actor) -> Iterator[tuple[int, str]]:
    """A line for each request; one that this person had decided so already is no error."""
    for each in results:
        what = f"{each.approval.get_kind_display()} {each.approval.issue.number}" if each.approval else "A request"
        again = isinstance(each.refusal, ApprovalAlreadyDecided) and was_decided_so(each.refusal, decision, actor)
        if each.refusal is None or again:
            yield messages.SUCCESS, f"{what}: {decision}."
        else:
            yield messages.ERROR, f"{what}: not {decision}. {words_of(each.refusal)}"


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
        why_not, since = why_not_decidable(self, approval), since_it_was_asked(approval)
        return self.show(
            {
                "approval": approval,
                "issue": issue,
                "form": form,
                "why_not": why_not,
                "since": since,
                "absent": None if why_not else stands_in_for(approval, self.actor),
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
    if page.actor.asked(approval.requested_by_id, approval.requested_with):
        return "You asked for this yourself, so another person must decide it."
    if not page.actor.may(DECIDE_APPROVAL):
        return "Managers decide this. You will hear of it when they have."
    if approval.expires_at <= clock.now():
        return "This request waited too long and expires. Ask again if it is still needed."
    return ""
