"""Issues in the admin: a list to find them, and a page to work on one. Whatever changes goes through an action."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from accounts.actor import Actor
from accounts.browser import actor_of
from accounts.roles import WORK_ISSUE
from common.admin import ReadOnlyMixin
from common.audit_admin import AuditTrailMixin
from issues.admin.queue import QueueMixin
from issues.desk import Desk, Reading, done, keep_reading
from issues.desk_beside import FORMS_BESIDE
from issues.forms import ActionForm, CommunicationForm, NewIssueForm, RefundForm, StepRequestForm, TakeForm, UpdateForm
from issues.models import Issue

PAGE = "admin:issues_issue_change"

# The smaller forms of an issue's page, by the last part of their address.
BESIDE: dict[str, type[ActionForm]] = {
    "communications": CommunicationForm, "requests": StepRequestForm, "refunds": RefundForm, "take": TakeForm,
    **FORMS_BESIDE,
}  # fmt: skip


@admin.register(Issue)
class IssueAdmin(QueueMixin, ReadOnlyMixin, AuditTrailMixin, ModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        return Issue.objects.visible_to(_actor(request).grants).in_full()

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm(WORK_ISSUE)

    def get_urls(self) -> list[URLPattern]:
        beside = [
            path(
                f"<uuid:issue_id>/{name}/",
                self.admin_site.admin_view(self.beside_view),
                {"form_class": form_class},
                name=f"issues_issue_{name}",
            )
            for name, form_class in BESIDE.items()
        ]
        return beside + super().get_urls()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Instead of Django's form of columns: the forms that call actions."""
        if object_id is None:
            return self.new_issue(request)
        return self.work_on(request, object_id, UpdateForm)

    def beside_view(self, request: HttpRequest, issue_id: UUID, form_class: type[ActionForm]) -> HttpResponse:
        return self.work_on(request, str(issue_id), form_class)

    def work_on(self, request: HttpRequest, object_id: str, form_class: type[ActionForm]) -> HttpResponse:
        issue, actor = self._find(request, object_id), _actor(request)
        addresses = _addresses(issue)
        form = form_class(issue, request.POST, request.FILES, actor=actor) if request.method == "POST" else None
        if form is not None and form.submit():
            return done(request, form, addresses["page"])
        shown = Desk(self._find(request, object_id) if form else issue, actor, request.GET)
        context = shown.context(form, Reading.asked_for(request)) | {
            "addresses": addresses, "issue_page": PAGE, "in_admin": True,
        }  # fmt: skip
        status = form.http_status if form is not None else 200
        page = self._page(request, "admin/issues/work.html", context, title=issue.number, status=status)
        return keep_reading(request, page)

    def new_issue(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        actor = _actor(request)
        form = NewIssueForm(request.POST or None, actor=actor, initial={"order_id": request.GET.get("order", "")})
        if request.method == "POST" and form.submit():
            self.message_user(request, f"{form.result.number if form.result else 'The issue'} was opened.")
            return redirect(_page_of_new(form))
        return self._page(request, "admin/issues/new.html", {"form": form}, title="New issue", status=form.http_status)

    def _find(self, request: HttpRequest, object_id: str) -> Issue:
        issue = self.get_object(request, object_id)
        if not isinstance(issue, Issue) or not self.has_view_permission(request, issue):
            raise Http404
        return issue

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, title: str, status: int
    ) -> HttpResponse:
        around = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, around | {"original": context.get("issue")} | context, status=status)


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request, via="admin")


def _addresses(issue: Issue) -> dict[str, str]:
    pages = {
        "update": "change", "communicate": "communications", "ask": "requests", "refund": "refunds", "take": "take",
    }  # fmt: skip
    pages |= {name: name for name in FORMS_BESIDE}
    addresses = {name: reverse(f"admin:issues_issue_{page}", args=[issue.pk]) for name, page in pages.items()}
    return addresses | {"page": addresses["update"]}


def _page_of_new(form: NewIssueForm) -> str:
    """A second copy of a submission does not know the issue that the first one opened."""
    if form.result is None:
        return reverse("admin:issues_issue_changelist")
    return reverse("admin:issues_issue_change", args=[form.result.pk])
