"""One issue on somebody's desk: all that a page about it shows, in the admin and in the web pages alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.roles import WORK_ISSUE
from common import clock
from issues.actions.write_changes import Updated
from issues.desk_beside import beside
from issues.forms import ActionForm, CommunicationForm, RefundForm, StepRequestForm, TakeForm, UpdateForm
from issues.models import Issue
from issues.moves import moves_of
from issues.story import story_of
from refunds.offer import offer_of

FORMS: dict[str, type[ActionForm]] = {
    "update_form": UpdateForm,
    "communication_form": CommunicationForm,
    "step_request_form": StepRequestForm,
    "refund_form": RefundForm,
    "take_form": TakeForm,
}


@dataclass(frozen=True)
class Desk:
    issue: Issue
    actor: Actor
    asked: Mapping[str, str] = field(default_factory=dict)  # the page's query

    def context(self, submitted: ActionForm | None = None, *, whole: bool = False) -> dict[str, Any]:
        """``submitted``: the form that was refused, to be shown as it was filled in."""
        passages, has_earlier = story_of(self.issue, whole=whole)
        pending = list(self.issue.approvals.pending().in_full())
        return {
            "issue": self.issue,
            "actor": self.actor,
            "opened": clock.now(),
            "moves": moves_of(self.issue, actor=self.actor, pending=[approval.kind for approval in pending]),
            "order": self.issue.order,
            "refunds": self.issue.order.refunds.select_related("requested_by").order_by("-created_at", "-id"),
            "pending": pending,
            "attachments": self.issue.attachments.all(),
            "refund_offer": offer_of(self.issue.order, actor=self.actor),
            "may_work": self.actor.may(WORK_ISSUE),
            "story": passages,
            "has_earlier": has_earlier,
            **beside(self.issue, self.actor, self.asked, submitted),
            **{
                name: submitted if type(submitted) is form else form(self.issue, actor=self.actor)
                for name, form in FORMS.items()
            },
        }


def word_of_success(request: HttpRequest, form: ActionForm) -> None:
    """Tell the employee what came of their form; a second copy of it came to nothing more."""
    if isinstance(form.result, Updated):
        messages.success(request, _what_came_of(form.result))
        for warning in form.result.warnings:
            messages.warning(request, warning)
    elif isinstance(form, StepRequestForm):
        messages.success(request, "Your request waits for a manager's decision.")
    elif isinstance(form, CommunicationForm):
        messages.success(request, "The communication was added to the story.")
    else:
        messages.success(request, form.done)


def _what_came_of(updated: Updated) -> str:
    if updated.approval and updated.refund:
        return "The issue was updated. The refund is above your limit and waits for a manager's approval."
    if updated.approval:
        return "The issue stays closed until a manager approves its reopening."
    if updated.refund:
        return "The issue was updated and the refund was started."
    return "The issue was updated." if updated.updated_fields else "Nothing changed."
