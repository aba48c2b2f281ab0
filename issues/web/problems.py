"""The problems that were made of patterns: all of them, and one with its issues and the orders that may be next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.roles import RECORD_PROBLEM
from common.errors import DeskError
from issues.actions.record_problem import record_problem, solve_problem
from issues.forms.errors import words_of
from issues.models import Issue, Problem
from issues.models.problem import ProblemQuerySet
from issues.patterns.dimensions import Dimensions
from issues.patterns.names import names_in
from issues.web.figures import ManagersPage
from issues.web.patterns import window_of
from issues.web.rows import rows_page

FEW_ORDERS = 10


class ProblemsPage(ManagersPage):
    """All problems; a pattern that is sent here becomes one, or adds its newer issues to the one that it is."""

    template = "issues/problems.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        problems = Problem.objects.visible_to(self.actor.grants).select_related("recorded_by")
        page = rows_page(problems.with_count_of_issues(self.actor.grants), request)
        return self.show({"page": page})

    def post(self, request: HttpRequest) -> HttpResponse:
        given = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
        dimensions, title = Dimensions.of(given), given.get("title", "")
        issues = dimensions.issues(self.actor.grants).filter(**window_of(given))
        ids = list(issues.values_list("pk", flat=True)) if dimensions.given else []
        try:
            problem, is_new = record_problem(dimensions, ids, actor=self.actor, title=title)
        except DeskError as refusal:
            messages.error(request, words_of(refusal))
            return redirect("web:patterns")
        messages.success(request, "The problem is recorded." if is_new else "Its newer issues are linked.")
        return redirect("web:problem", problem.pk)


class ProblemPage(ManagersPage):
    template = "issues/problem.html"

    def get(self, request: HttpRequest, problem_id: UUID) -> HttpResponse:
        problem = get_object_or_404(self.problems.select_related("recorded_by"), pk=problem_id)
        issues = Issue.objects.visible_to(self.actor.grants).filter(problems__problem=problem).in_full()
        context = {"problem": problem, "page": rows_page(issues, request), "may_record": self.actor.may(RECORD_PROBLEM)}
        return self.show(context | self.what_it_is(Dimensions.of(vars(problem))))

    def what_it_is(self, dimensions: Dimensions) -> dict[str, Any]:
        orders = dimensions.silent_orders(self.actor.grants).order_by("-created_at", "-id")
        few = list(orders[: FEW_ORDERS + 1]) if dimensions.sku else []
        more = len(few) > FEW_ORDERS
        names = names_in(dimensions, self.actor.grants)
        return {"dimensions": dimensions, "names": names, "orders": few[:FEW_ORDERS], "more": more}

    def post(self, request: HttpRequest, problem_id: UUID) -> HttpResponse:
        get_object_or_404(self.problems, pk=problem_id)
        try:
            solve_problem(problem_id, actor=self.actor)
            messages.success(request, "The problem is solved.")
        except DeskError as refusal:
            messages.error(request, words_of(refusal))
        return redirect("web:problem", problem_id)

    @property
    def problems(self) -> ProblemQuerySet:
        return Problem.objects.visible_to(self.actor.grants)
