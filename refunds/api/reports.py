"""Reports on refunds, as JSON or as CSV (``?format=csv``)."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.renderers import JsonRenderer
from refunds.reports import TOTALS, Kind, ensure_may_read
from refunds.reports.as_csv import as_csv
from refunds.reports.asked import Asked, read
from refunds.reports.figures import Line, Report

CSV = "text/csv"
FORMATS = {"json": JsonRenderer.media_type, "csv": CSV}


class ReportView(DeskView):
    scopes = {"GET": Scope.METRICS_READ}
    kind: Kind = TOTALS

    def _check_form(self) -> None:
        self.media_type = FORMATS.get(self.request.GET.get("format", ""), JsonRenderer.media_type)
        super()._check_form()

    def get(self, request: Request) -> HttpResponseBase:
        ensure_may_read(self.actor)
        asked = read(request.GET, {"format": tuple(FORMATS), **self.kind.choices}, dated=self.kind.dated)
        report = self.kind.make(asked, self.actor.grants)
        if self.media_type == CSV:
            return self.file(report)
        return self.answer(report_answer(report, asked, self.kind))

    def file(self, report: Report) -> StreamingHttpResponse:
        name = {"Content-Disposition": f'attachment; filename="refunds-{self.kind.name}.csv"'}
        return StreamingHttpResponse(as_csv(report), content_type=f"{CSV}; charset=utf-8", headers=name)


def report_answer(report: Report, asked: Asked, kind: Kind) -> dict[str, Any]:
    days = {"from": asked.period.first, "to": asked.period.last} if kind.dated else {}
    words = {name: asked.words[name] for name in kind.choices}
    return {**days, **words, "results": [line_answer(report.key, line) for line in report.lines]}


def line_answer(key: str, line: Line) -> dict[str, Any]:
    figures = {name: {"count": each.count, "amount": each.amount} for name, each in line.figures.items()}
    return {key: line.key, "name": line.name, "currency": line.currency, **figures}
