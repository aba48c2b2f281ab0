"""The managers' page of what refunds add up to: the reports of the API as tables, each with its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from accounts.actor import Actor
from accounts.roles import VIEW_METRICS
from common import clock
from common.display import in_words
from common.errors import ValidationFailed
from issues.waiting import REFUND_TITLES, REFUNDS
from issues.web.page import Page
from issues.web.rows import rows_page
from refunds.reports import AGEING, RECOVERED, TOTALS, Kind
from refunds.reports.asked import read
from refunds.reports.figures import Report

FILES = {TOTALS: "/api/v1/reports/refunds", AGEING: "/api/v1/reports/refunds/ageing",
         RECOVERED: "/api/v1/reports/refunds/recovered"}  # fmt: skip
PARTS = {
    TOTALS: ("Asked for, paid and open", "No refund in these days."),
    AGEING: ("Waiting now, by age", "Nothing waits for an answer."),
    RECOVERED: ("From insurers", "Nothing was claimed or recovered in these days."),
}
DATE = {"type": "date"}


@dataclass(frozen=True)
class Table:
    title: str
    empty: str
    report: Report
    columns: list[str]
    file: str


class PeriodForm(forms.Form):
    """Only shows what is asked for; ``refunds.reports.asked`` judges it."""

    use_required_attribute = False

    by = forms.ChoiceField(label="Group by", choices=[(name, name.capitalize()) for name in TOTALS.choices["by"]])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(initial=data.dict(), auto_id="filter-%s")
        for name, label in (("from", "From"), ("to", "To")):  # "from" can't be written as a field of the class
            self.fields[name] = forms.DateField(label=label, widget=forms.DateInput(attrs=DATE))
        self.order_fields(["from", "to", "by"])


class RefundsPage(Page):
    template = "issues/refunds.html"
    permission = VIEW_METRICS

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {name: value for name, value in request.GET.dict().items() if value}
        try:
            found, refusals = tables(given, self.actor), []
        except ValidationFailed as refusal:
            found, refusals = [], [f"{name}: {text}" for name, texts in refusal.errors.items() for text in texts]
        context = {"tables": found, "filters": PeriodForm(request.GET), "refusals": refusals}
        return self.show(context, status=400 if refusals else 200)


class RefundsWaitingPage(Page):
    """Refunds that a person must look into, or that are late, for everybody who works on issues."""

    template = "issues/refunds_waiting.html"

    def get(self, request: HttpRequest, which: str) -> HttpResponse:
        if which not in REFUNDS:
            raise Http404
        refunds = REFUNDS[which](self.actor).select_related("issue", "order__customer", "requested_by")
        context = {"title": REFUND_TITLES[which], "page": rows_page(refunds, request), "today": clock.now().date()}
        return self.show(context)


def tables(given: Mapping[str, str], actor: Actor) -> list[Table]:
    """Raises ``ValidationFailed``."""
    read(given, TOTALS.choices, dated=True)
    days = {name: given[name] for name in ("from", "to") if name in given}
    return [table(TOTALS, given, actor), table(AGEING, {}, actor), table(RECOVERED, days, actor)]


def table(kind: Kind, given: Mapping[str, str], actor: Actor) -> Table:
    report = kind.make(read(given, kind.choices, dated=kind.dated), actor.grants)
    title, empty = PARTS[kind]
    query = urlencode({**given, "format": "csv"})
    return Table(title, empty, report, [in_words(figure) for figure in kind.figures], f"{FILES[kind]}?{query}")
