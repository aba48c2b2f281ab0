"""The list of issues, and one of them to read and to work on."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from common.api.cursor import PARAMETERS, page_of
from common.api.cursor import Page as RowsPage
from common.errors import ValidationFailed
from issues.desk import Desk, Reading, done, keep_reading
from issues.desk_beside import FORMS_BESIDE
from issues.forms import ActionForm, CommunicationForm, RefundForm, StepRequestForm, TakeForm, UpdateForm
from issues.listing import listed
from issues.models import Issue
from issues.web.filters import IssueFilterForm
from issues.web.page import Page

# Where each form of an issue's page is sent.
ADDRESSES = {
    "update": "issue", "communicate": "communications", "ask": "step_requests", "refund": "issue_refunds",
    "take": "take_issue",
    **{name: name for name in FORMS_BESIDE},
}  # fmt: skip


class IssuesPage(Page):
    template = "issues/issues.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = IssueFilterForm(request.GET)
        asked_for = {name: values for name, values in request.GET.lists() if name not in PARAMETERS and any(values)}
        try:
            issues, ordering = listed(asked_for, self.actor)
            page, status = page_of(issues, request, ordering), 200
        except ValidationFailed as refusal:
            filters.refuse(refusal)
            page, status = RowsPage(rows=[], next=None, previous=None), 400
        return self.show({"page": page, "filters": filters}, status=status)


class IssuePage(Page):
    """Each form of the page posts to an address of its own; all of them show the page again."""

    template = "issues/issue.html"
    form_class: type[ActionForm] = UpdateForm

    def get(self, request: HttpRequest, issue_id: UUID) -> HttpResponse:
        return keep_reading(request, self.show_desk(self.find(issue_id)))

    def post(self, request: HttpRequest, issue_id: UUID) -> HttpResponse:
        issue = self.find(issue_id)
        form = self.form_class(issue, request.POST, request.FILES, actor=self.actor)
        if form.submit():
            return done(request, form, reverse("web:issue", args=[issue_id]))
        return self.show_desk(self.find(issue_id), form, status=form.http_status)

    def page_of_form(self) -> str:
        return reverse("web:issue", args=[self.kwargs["issue_id"]])

    def show_desk(self, issue: Issue, form: ActionForm | None = None, *, status: int = 200) -> HttpResponse:
        addresses = {name: reverse(f"web:{page}", args=[issue.pk]) for name, page in ADDRESSES.items()}
        addresses["page"] = addresses["update"]
        context = Desk(issue, self.actor, self.request.GET).context(form, Reading.asked_for(self.request))
        return self.show(context | {"addresses": addresses, "issue_page": "web:issue"}, status=status)

    def find(self, issue_id: UUID) -> Issue:
        return get_object_or_404(Issue.objects.visible_to(self.actor.grants).in_full(), pk=issue_id)


class CommunicationsPage(IssuePage):
    http_method_names = ["post"]
    form_class = CommunicationForm


class StepRequestsPage(IssuePage):
    http_method_names = ["post"]
    form_class = StepRequestForm


class IssueRefundsPage(IssuePage):
    http_method_names = ["post"]
    form_class = RefundForm


class TakeIssuePage(IssuePage):
    http_method_names = ["post"]
    form_class = TakeForm


class BesidePage(IssuePage):
    """For each of ``FORMS_BESIDE``."""

    http_method_names = ["post"]
