"""The agents' list of issues: what they look at, how it looks, and what is done to several rows at once."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from accounts.actor import Actor
from accounts.browser import actor_of
from accounts.roles import WORK_ISSUE
from common.api.cursor import PARAMETERS, Page, Position, page_from, rows_from
from common.errors import ValidationFailed
from issues.forms import ActionForm
from issues.forms.bulk import BulkForm
from issues.forms.queue import QueueForm
from issues.forms.saved_view import FORMS, ChangeViewForm, DeleteViewForm, SaveViewForm
from issues.listing import listed
from issues.models import Issue, IssueTag, SavedView
from issues.queue import COLUMNS_PARAMETER, NEWEST, normal, queue_at, saved_tabs, shown_columns, tabs

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
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = BulkForm(request.POST, actor=actor_of(request, via="admin"))
        context = bulk_context(form, is_confirmed="confirm" in request.POST)
        return self.show(request, "admin/issues/bulk.html", context, status=form.http_status)

    def views_view(self, request: HttpRequest) -> HttpResponse:
        """One's own views; a form that is posted says which deed it is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        actor, form = actor_of(request, via="admin"), None
        if request.method == "POST":
            form = FORMS.get(request.POST.get("deed", ""), SaveViewForm)(request.POST, actor=actor)
            if form.submit():
                self.message_user(request, "Your views are as you wanted them.")
                return redirect(reverse("admin:issues_issue_views") if form.result is None else queue_at(form.result))
        unsaved = form if isinstance(form, SaveViewForm) else None
        context = {"form": form, "unsaved": unsaved, "own": own_views(actor, form)}
        return self.show(request, "admin/issues/views.html", context, status=form.http_status if form else 200)

    def get_urls(self) -> list[URLPattern]:
        pages = {"bulk": self.bulk_view, "views": self.views_view}
        own = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"issues_issue_{name}")
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def show(self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        around = self.admin_site.each_context(request) | {"opts": self.opts, "title": "Queue"}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, around | context, status=status)


def own_views(actor: Actor, submitted: ActionForm | None) -> list[dict[str, Any]]:
    """Each with its two forms; the one that was refused as it was filled in."""
    refused = str(submitted.data.get("view")) if isinstance(submitted, ChangeViewForm) else ""
    rows: list[dict[str, Any]] = []
    for view in SavedView.objects.filter(owner=actor.person).order_by("name"):
        initial = {"view": view.pk, "name": view.name, "is_shared": view.is_shared}
        change = ChangeViewForm(initial=initial, actor=actor)
        forms = [submitted if submitted and refused == str(view.pk) else change]
        forms.append(DeleteViewForm(initial=initial, actor=actor))
        for form in forms:
            form.auto_id = False  # the same fields stand in each row
        rows.append({"view": view, "change": forms[0], "delete": forms[1]})
    return rows


def bulk_context(form: BulkForm, *, is_confirmed: bool) -> dict[str, Any]:
    """``lines`` of the preview, or of what was ``done``; neither where the form is not fit.

    ``taken``: so many of the lines are not refused.
    """
    context: dict[str, Any] = {"form": form, "back": form.data.get("back", "")}
    if is_confirmed and form.is_valid() and form.is_looked_at and form.submit():
        lines = form.lines(form.result) if form.result is not None else []
        context |= {"done": True, "was_done_before": form.result is None}
    else:
        lines = form.preview() if form.is_valid() else []
    return context | {"lines": lines, "taken": sum(not line.refused for line in lines)}


def asked_for(request: HttpRequest) -> dict[str, list[str]]:
    """What is not blank, and does not say where the page begins."""
    lists = ((name, [value for value in values if value]) for name, values in request.GET.lists())
    return {name: values for name, values in lists if values and name not in PARAMETERS}


def rows_of(request: HttpRequest, actor: Actor) -> tuple[Page, dict[str, list[str]]]:
    """The rows of the page, or what is wrong with the question."""
    try:
        asked = asked_for(request)
        asked.pop(COLUMNS_PARAMETER, None)
        issues, ordering = listed(asked, actor)
        return page_from(partial(fetch, issues.prefetch_related(TAGS), ordering), request, ordering), {}
    except ValidationFailed as refusal:
        return Page(rows=[], next=None, previous=None), refusal.errors


def fetch(
    issues: QuerySet[Issue], ordering: tuple[str, str], position: Position | None, limit: int
) -> tuple[list[Issue], bool]:
    """First the keys of the page, and only then its rows: what is sorted is narrow, and little is joined."""
    found = rows_from(issues, ordering, position)
    rows = list(found.filter(pk__in=found.values("pk")[: limit + 1]))
    return rows[:limit], len(rows) > limit


def queue_context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    asked = asked_for(request)
    ready, saved = tabs(asked, actor=actor), saved_tabs(asked, actor=actor)
    return {
        "filters": QueueForm(request.GET, actor=actor),
        "tabs": ready,
        "saved": saved,
        "open_tab": next((tab for tab in ready if tab.is_open), None),
        "is_unfiltered": not asked.keys() - {"ordering", COLUMNS_PARAMETER},
        "save_form": SaveViewForm(initial={"query": normal(asked)}, actor=actor),
        "columns": shown_columns(request.GET.getlist(COLUMNS_PARAMETER), request.GET.get("ordering", NEWEST)),
        "may_work": actor.may(WORK_ISSUE),
        "bulk_form": BulkForm(initial={"back": request.GET.urlencode()}, actor=actor),
    }
