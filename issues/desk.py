"""One issue on somebody's desk: all that a page about it shows, in the admin and in the web pages alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.actor import Actor
from accounts.roles import WORK_ISSUE
from common import clock
from issues.actions.updated import Updated
from issues.desk_beside import beside
from issues.forms import ActionForm, CommunicationForm, RefundForm, StepRequestForm, TakeForm, UpdateForm
from issues.models import Issue
from issues.moves import moves_of
from issues.presence import others_at
from issues.related import problems_of, related_to
from issues.story import story_of
from refunds.offer import offer_of

FORMS: dict[str, type[ActionForm]] = {
    "update_form": UpdateForm,
    "communication_form": CommunicationForm,
    "step_request_form": StepRequestForm,
    "refund_form": RefundForm,
    "take_form": TakeForm,
}

# Whether somebody reads the messages alone: asked for by a parameter of the page, and kept in this browser.
EVENTS, EVENTS_COOKIE = "events", "redress_events"
DONE_COOKIE = "redress_done"  # the submission that came through, for the script that keeps drafts

MOST_ITEMS, MOST_REFUNDS = 12, 12


@dataclass(frozen=True)
class Reading:
    """How somebody reads the story."""

    whole: bool = False
    messages_only: bool = False
    since: datetime | None = None  # what is newer is marked

    @classmethod
    def asked_for(cls, request: HttpRequest) -> "Reading":
        events = request.GET.get(EVENTS, request.COOKIES.get(EVENTS_COOKIE, ""))
        return cls("whole" in request.GET, events == "hidden", _moment(request.GET.get("since", "")))


def _moment(text: str) -> datetime | None:
    """The time that a page was opened at; a plus in an address may have become a space."""
    return clock.moment_in(text.replace(" ", "+"))


@dataclass(frozen=True)
class Desk:
    issue: Issue
    actor: Actor
    asked: Mapping[str, str] = field(default_factory=dict)  # the page's query

    def context(self, submitted: ActionForm | None = None, reading: Reading = Reading()) -> dict[str, Any]:
        """``submitted``: the form that was refused, to be shown as it was filled in."""
        issue, actor = self.issue, self.actor
        passages, has_earlier = story_of(
            issue, whole=reading.whole, messages_only=reading.messages_only, since=reading.since
        )
        pending = list(issue.approvals.pending().in_full())
        return {
            "issue": issue,
            "actor": actor,
            "opened": clock.now(),
            "pending": pending,
            "attachments": issue.attachments.all(),
            "may_work": actor.may(WORK_ISSUE),
            "moves": moves_of(issue, actor=actor, pending=[approval.kind for approval in pending]),
            "others_here": others_at(issue, actor=actor),
            "reading": reading,
            "story": passages,
            "has_earlier": has_earlier,
            "related": related_to(issue, grants=actor.grants),
            "problems": problems_of(issue, actor),
            **self._order(),
            **beside(issue, actor, self.asked, submitted),
            **{
                name: submitted if type(submitted) is form else form(issue, actor=actor) for name, form in FORMS.items()
            },
        }

    def _order(self) -> dict[str, Any]:
        order = self.issue.order
        newest = order.refunds.select_related("requested_by").order_by("-created_at", "-id")
        return {
            "order": order,
            "items": order.items.order_by("pk")[: MOST_ITEMS + 1],
            "most_items": MOST_ITEMS,
            "refunds": newest[: MOST_REFUNDS + 1],
            "most_refunds": MOST_REFUNDS,
            "refund_offer": offer_of(order, actor=self.actor),
        }


def keep_reading(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` with what was chosen about the events, to be kept by the browser."""
    if request.GET.get(EVENTS) in ("hidden", "shown"):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            EVENTS_COOKIE, request.GET[EVENTS], max_age=365 * 86400, secure=secure, httponly=True, samesite="Lax"
        )
    return response


def done(request: HttpRequest, form: ActionForm, address: str) -> HttpResponse:
    """What came of ``form``, told on the page at ``address``."""
    word_of_success(request, form)
    response = redirect(address)
    form_id = str(form.cleaned_data["form_id"])
    response.set_cookie(DONE_COOKIE, form_id, max_age=60, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    return response


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
