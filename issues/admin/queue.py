"""The agents' list of issues: what they look at, how it looks, and what is done to several rows at once."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from accounts.actor import Actor
from accounts.browser import actor_of
from accounts.roles import WORK_ISSUE
from common.api.cursor import PARAMETERS, Page, page_of
from common.errors import ValidationFailed
from issues.forms.bulk import BulkForm
from issues.forms.queue import QueueForm
from issues.listing import listed
from issues.models import IssueTag
from issues.queue import COLUMNS_PARAMETER, shown_columns, tabs

TAGS = Prefetch("tags", IssueTag.objects.on().order_by("name"), to_attr="tags_on")


class QueueMixin(ModelAdmin):
    """In place of Django's list, whose filters, pages and orders are not those of the desk."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        actor = actor_of(request, via="admin")
        page, errors = rows_of(request, actor)
        context = {**queue_context(request, actor), "page": page, "errors": errors}
        return self.show(request, "admin/issues/queue.html", context, status=400 if errors else 200)

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """Without ``confirm`` it only shows what would happen."""
        if request.method != "POST":
            return redirect("admin:issues_issue_changelist")
        form = BulkForm(request.POST, actor=actor_of(request, via="admin"))
        context = bulk_context(form, is_confirmed="confirm" in request.POST)
        return self.show(request, "admin/issues/bulk.html", context, status=form.http_status)

    def get_urls(self) -> list[URLPattern]:
        bulk = path("bulk/", self.admin_site.admin_view(self.bulk_view), name="issues_issue_bulk")
        return [bulk, *super().get_urls()]

    def show(self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        around = self.admin_site.each_context(request) | {"opts": self.opts, "title": "Queue"}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, around | context, status=status)


def bulk_context(form: BulkForm, *, is_confirmed: bool) -> dict[str, Any]:
    """``lines`` of the preview, or of what was ``done``; neither where the form is not fit."""
    context: dict[str, Any] = {"form": form, "back": form.data.get("back", "")}
    if is_confirmed and form.is_valid() and form.is_looked_at and form.submit():
        lines = form.lines(form.result) if form.result is not None else []
        return context | {"done": True, "was_done_before": form.result is None, "lines": lines}
    return context | {"lines": form.preview() if form.is_valid() else []}


def asked_for(request: HttpRequest) -> dict[str, list[str]]:
    about_the_look = (*PARAMETERS, COLUMNS_PARAMETER)
    lists = ((name, [value for value in values if value]) for name, values in request.GET.lists())
    return {name: values for name, values in lists if values and name not in about_the_look}


def rows_of(request: HttpRequest, actor: Actor) -> tuple[Page, dict[str, list[str]]]:
    """The rows of the page, or what is wrong with the question."""
    try:
        issues, ordering = listed(asked_for(request), actor)
        return page_of(issues.prefetch_related(TAGS), request, ordering), {}
    except ValidationFailed as refusal:
        return Page(rows=[], next=None, previous=None), refusal.errors


def queue_context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    asked = asked_for(request)
    ready = tabs(asked, actor=actor)
    return {
        "filters": QueueForm(request.GET, actor=actor),
        "tabs": ready,
        "open_tab": next((tab for tab in ready if tab.is_open), None),
        "is_unfiltered": not asked.keys() - {"ordering"},
        "columns": shown_columns(request.GET.getlist(COLUMNS_PARAMETER)),
        "may_work": actor.may(WORK_ISSUE),
        "bulk_form": BulkForm(initial={"back": request.GET.urlencode()}, actor=actor),
    }
