"""The figures, as JSON and as CSV."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import DeskView
from accounts.models import Scope
from issues.metrics.export import CSV, as_csv, rows_of
from issues.metrics.question import ensure_may_view, question_of
from issues.metrics.resolution import resolution
from issues.patterns.answer import pattern_rows, patterns
from issues.patterns.question import question_of as pattern_question_of


class ResolutionView(DeskView):
    scopes = {"GET": Scope.METRICS_READ}

    def get(self, request: Request) -> Response:
        ensure_may_view(self.actor)
        return self.answer(resolution(question_of(parameters_of(request), self.actor)))


class ResolutionCsvView(DeskView):
    scopes = {"GET": Scope.METRICS_READ}
    media_type = CSV

    def get(self, request: Request) -> HttpResponse:
        ensure_may_view(self.actor)
        asked_for = parameters_of(request)
        table = asked_for.pop("table", "totals")
        question = question_of(asked_for, self.actor)
        return HttpResponse(as_csv(rows_of(resolution(question), table, question)), content_type=CSV)


class PatternsView(DeskView):
    scopes = {"GET": Scope.METRICS_READ}

    def get(self, request: Request) -> Response:
        ensure_may_view(self.actor)
        return self.answer(patterns(pattern_question_of(parameters_of(request), self.actor.grants)))


class PatternsCsvView(DeskView):
    scopes = {"GET": Scope.METRICS_READ}
    media_type = CSV

    def get(self, request: Request) -> HttpResponse:
        ensure_may_view(self.actor)
        question = pattern_question_of(parameters_of(request), self.actor.grants)
        return HttpResponse(as_csv(pattern_rows(patterns(question))), content_type=CSV)


def parameters_of(request: Request) -> dict[str, str]:
    """Several values of one parameter stand behind each other, as elsewhere."""
    return {name: ",".join(values) for name, values in request.GET.lists()}
