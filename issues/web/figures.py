"""The managers' figures: the same numbers as the API's, as a page and as CSV."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from accounts.actor import Actor
from accounts.roles import VIEW_METRICS
from common.errors import ValidationFailed
from issues.metrics.behind import FIGURES, issues_behind
from issues.metrics.export import CSV, as_csv, rows_of
from issues.metrics.question import GROUPS, NO_TEAM, Question, question_of
from issues.metrics.resolution import resolution
from issues.metrics.tally import MEASURED
from issues.models import Team
from issues.web.page import Page
from issues.web.rows import moment_or_none, rows_page, without_page
from issues.workflow import IssueType, Priority
from orders.models import Store

Choices = list[tuple[str, str]]
DATE = {"type": "date"}


class ManagersPage(Page):
    """For who may see the figures."""

    permission = VIEW_METRICS


class FiguresPage(ManagersPage):
    template = "issues/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = Asked(request.GET, self.actor)
        figures = resolution(asked.question) if asked.question else None
        context = asked.context | tables_of(figures)
        if figures and figures["group_by"] == "store":
            context["names"] = dict(context["filters"].fields["store"].choices)
        return self.show(context, status=200 if figures else 400)


def tables_of(figures: dict[str, Any] | None) -> dict[str, Any]:
    if figures is None:
        return {}
    times = [(name, figures[name]) for name in MEASURED]
    return {"figures": figures, "times": times, "statuses": [(row["status"], row) for row in figures["statuses"]]}


class FiguresCsv(FiguresPage):
    """One of the page's tables, by its name."""

    def get(self, request: HttpRequest, table: str) -> HttpResponse:  # type: ignore[override]
        asked = Asked(request.GET, self.actor)
        try:
            rows = rows_of(resolution(asked.question), table, asked.question) if asked.question else None
        except ValidationFailed:
            rows = None
        return HttpResponse(status=400) if rows is None else as_file(rows, f"figures-{table}.csv")


class FigureIssuesPage(FiguresPage):
    """The issues behind one figure of a period; ``until`` (a moment) ends it within its last day."""

    template = "issues/figure_issues.html"

    def get(self, request: HttpRequest, figure: str) -> HttpResponse:  # type: ignore[override]
        if figure not in FIGURES:
            raise Http404
        query = request.GET.copy()
        until = moment_or_none("".join(query.pop("until", [])))
        asked = Asked(without_page(query), self.actor)
        if asked.question is None:
            return self.show({"refusals": asked.refusals, "figure": figure}, status=400)
        issues = issues_behind(figure, asked.question, grants=self.actor.grants, until=until)
        context = {"question": asked.question, "until": until, "figure": figure}
        return self.show(context | {"page": rows_page(issues.in_full(), request)})


class Asked:
    """The question in a query, or what is wrong with it."""

    def __init__(self, query: QueryDict, actor: Actor) -> None:
        self.query, self.actor = query, actor
        self.refusals: list[str] = []

    @cached_property
    def question(self) -> Question | None:
        try:
            return question_of({name: str(value) for name, value in self.query.items() if value}, self.actor)
        except ValidationFailed as refusal:
            self.refusals = [f"{name}: {each}" for name, every in refusal.errors.items() for each in every]
            return None

    @property
    def context(self) -> dict[str, Any]:
        days = {"from": self.question.first, "to": self.question.last} if self.question else {}
        form = FiguresForm(initial={**self.query.dict(), **days}, actor=self.actor)
        narrowed = {name: value for name, value in (self.query.dict() | days).items() if name != "group_by" and value}
        return {"filters": form, "refusals": self.refusals, "behind": f"?{urlencode(narrowed)}"}


class FiguresForm(forms.Form):
    """Only shows what is asked for; ``issues.metrics.question`` judges it."""

    use_required_attribute = False

    def __init__(self, *, initial: dict[str, Any], actor: Actor) -> None:
        super().__init__(initial=initial, auto_id="filter-%s")
        stores = [(store.pk, str(store)) for store in Store.objects.visible_to(actor.grants).order_by("name", "pk")]
        teams = [(name, name) for name in Team.objects.order_by("name").values_list("name", flat=True)]
        self.fields["from"] = forms.DateField(label="From", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
        self.fields["to"] = forms.DateField(label="To", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
        self.fields["store"] = _choice("Any store", stores)
        self.fields["issue_type"] = _choice("Any type", IssueType.choices, "Type")
        self.fields["team"] = _choice("Any team", [*teams, (NO_TEAM, "No team")])
        self.fields["priority"] = _choice("Any priority", Priority.choices)
        groups = [(name, name.replace("_", " ").removeprefix("issue ").capitalize()) for name in GROUPS]
        self.fields["group_by"] = _choice("Not grouped", groups, "By")


def _choice(nothing: str, choices: Iterable[tuple[str, Any]], label: str | None = None) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", nothing), *choices], required=False)


def as_file(rows: list[dict[str, Any]], name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(as_csv(rows), content_type=f"{CSV}; charset=utf-8", headers=disposition)
