"""Patterns, the issues behind them, and the orders that may be next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.actor import Grants
from accounts.roles import RECORD_PROBLEM
from common.api.cursor import Page
from common.errors import ValidationFailed
from issues.models import Problem
from issues.patterns.answer import pattern_rows, patterns
from issues.patterns.dimensions import Dimensions
from issues.patterns.names import names_in, names_of
from issues.patterns.question import NUMBERS, question_of
from issues.web.figures import ManagersPage, as_file
from issues.web.rows import moment_or_none, rows_page

FEW_PROBLEMS = 20
HOURS = (("24", "24 hours"), ("4", "4 hours"), ("72", "3 days"), ("168", "7 days"))


class PatternsPage(ManagersPage):
    template = "issues/patterns.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            found, refusals = self.patterns(), []
        except ValidationFailed as refusal:
            found, refusals = None, [f"{name}: {each}" for name, every in refusal.errors.items() for each in every]
        context = {"found": found, "refusals": refusals, "filters": WindowForm(initial=request.GET.dict())}
        return self.show(context | self.around(found), status=200 if found else 400)

    def patterns(self) -> dict[str, Any]:
        asked_for = {name: str(value) for name, value in self.request.GET.items() if value}
        return patterns(question_of(asked_for, self.actor.grants))

    def around(self, found: dict[str, Any] | None) -> dict[str, Any]:
        rows = found["patterns"] if found else []
        question = question_in(self.request.GET)
        for row in rows:
            row["query"] = urlencode(Dimensions.of(row["dimensions"]).given | question)
        problems = Problem.objects.visible_to(self.actor.grants).open().order_by("-created_at", "-id")
        may_record = self.actor.may(RECORD_PROBLEM)
        return {"names": names_of(rows), "problems": problems[:FEW_PROBLEMS], "may_record": may_record}


class PatternsCsv(PatternsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return as_file(pattern_rows(self.patterns()), "patterns.csv")
        except ValidationFailed:
            return HttpResponse(status=400)


class PatternIssuesPage(ManagersPage):
    """The issues behind a pattern: of a window, with the same values."""

    template = "issues/pattern_issues.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        dimensions = Dimensions.of(request.GET)
        issues = dimensions.issues(self.actor.grants).filter(**window_of(request.GET)).in_full()
        page = rows_page(issues, request)
        return self.show(behind_pattern(page, dimensions, request.GET, self.actor.grants))


class PatternOrdersPage(ManagersPage):
    """Orders with the same item, of which nobody has complained yet."""

    template = "issues/pattern_orders.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        dimensions = Dimensions.of(request.GET)
        orders = dimensions.silent_orders(self.actor.grants)
        page = rows_page(orders if dimensions.sku else orders.none(), request)
        return self.show(behind_pattern(page, dimensions, request.GET, self.actor.grants))


class WindowForm(forms.Form):
    """Only shows what is asked for; ``issues.patterns.question`` judges it."""

    use_required_attribute = False

    hours = forms.ChoiceField(label="The last", choices=HOURS, required=False)
    weeks = forms.IntegerField(label="Against weeks", initial=NUMBERS["weeks"][2], required=False)
    at_least = forms.IntegerField(label="At least issues", initial=NUMBERS["at_least"][2], required=False)
    false_alarms = forms.IntegerField(label="Chance, at most %", initial=NUMBERS["false_alarms"][2], required=False)

    def __init__(self, initial: dict[str, Any]) -> None:
        super().__init__(initial=initial, auto_id="filter-%s")


def behind_pattern(page: Page, dimensions: Dimensions, given: QueryDict, grants: Grants) -> dict[str, Any]:
    """What lies behind a pattern, with the way back to the patterns as they were asked for."""
    question = question_in(given)
    return {
        "page": page,
        "dimensions": dimensions,
        "names": names_in(dimensions, grants),
        "patterns_query": urlencode(question),
        "orders_query": urlencode(dimensions.given | question),
    }


def question_in(given: QueryDict) -> dict[str, str]:
    """What the patterns were asked, as it stands in a query: the window itself is there by its own names."""
    return {name: value for name in NUMBERS if (value := given.get(name, ""))}


def window_of(given: Mapping[str, str]) -> dict[str, datetime]:
    """What of a query or a form bounds the time."""
    asked = {"created_at__gte": given.get("since", ""), "created_at__lt": given.get("until", "")}
    return {lookup: moment for lookup, text in asked.items() if (moment := moment_or_none(text))}
