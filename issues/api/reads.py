"""Issues as they are read: one, many, their story and their audit."""

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import BAD_CURSOR, PARAMETERS, Page, Position, page_errors, page_from, page_of
from common.api.etag import etag_of
from common.api.query import ensure_known_parameters
from common.errors import ValidationFailed
from issues import history, timeline
from issues.actions.lock import ensure_order_exists
from issues.api.answers import entry_answer, issue_answer, issue_row
from issues.errors import IssueNotFound
from issues.listing import Unfit, listed, moment_of
from issues.models import Issue


class IssuesView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request) -> Response:
        return self.answer_page(page_of_issues(request, self.actor), issue_row)


class OrderIssuesReadView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, order_id: str) -> Response:
        try:
            page = page_of_issues(request, self.actor, order=order_id)
        except ValidationFailed:
            ensure_order_exists(order_id, actor=self.actor)  # its 404 comes before a 400
            raise
        if not page.rows:
            ensure_order_exists(order_id, actor=self.actor)
        return self.answer_page(page, issue_row)


class IssueReadView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, order_id: str, issue_id: str) -> Response:
        issue = ensure_issue_exists(order_id, issue_id, actor=self.actor)
        ensure_known_parameters(request, ["as_of"])
        if "as_of" in request.GET:
            return self.answer(issue_as_of(issue, request.GET["as_of"], self.actor))
        return self.answer(issue_answer(issue, self.actor), headers={"ETag": etag_of(issue.version)})


class TimelineView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, order_id: str, issue_id: str) -> Response:
        issue = ensure_issue_exists(order_id, issue_id, actor=self.actor)
        ensure_known_parameters(request)
        return self.answer_page(page_of_timeline(request, issue), entry_answer)


class HistoryView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, order_id: str, issue_id: str) -> Response:
        issue = ensure_issue_exists(order_id, issue_id, actor=self.actor)
        ensure_known_parameters(request)
        page = page_of(history.rows_of(issue.pk), request, ordering=("history_id",))
        answers = history.audit_rows(issue, page.rows)
        return self.answer({"results": answers, "next": page.next, "previous": page.previous})


def ensure_issue_exists(order_id: str, issue_id: str, *, actor: Actor) -> Issue:
    """The issue, ready to be answered. Raises ``OrderNotFound`` or ``IssueNotFound``."""
    issue = Issue.objects.visible_to(actor.grants).in_full().find(order_id, issue_id)
    if issue is None:
        ensure_order_exists(order_id, actor=actor)
        raise IssueNotFound
    return issue


def page_of_issues(request: HttpRequest, actor: Actor, **narrowed: str) -> Page:
    """All that is wrong with the query, at once. ``narrowed``: conditions that the address makes."""
    asked_for = {name: values for name, values in request.GET.lists() if name not in PARAMETERS}
    try:
        issues, ordering = listed(asked_for, actor)
    except ValidationFailed as refused:
        raise ValidationFailed({**refused.errors, **page_errors(request)}) from None
    return page_of(issues.filter(**narrowed), request, ordering)


def page_of_timeline(request: HttpRequest, issue: Issue) -> Page:
    def fetch(position: Position | None, limit: int) -> tuple[list[timeline.Entry], bool]:
        if position is None:
            return timeline.entries_of(issue, limit=limit)
        try:
            key = timeline.key_of(*position.values)
        except (ValueError, TypeError, IndexError, AttributeError, OverflowError) as error:
            raise ValidationFailed(BAD_CURSOR) from error
        return timeline.entries_of(issue, after=key, limit=limit, newest_first=not position.forward)

    return page_from(fetch, request, ordering=timeline.Key._fields)


def issue_as_of(issue: Issue, moment: str, actor: Actor) -> dict:
    try:
        at = moment_of(moment)
    except Unfit as error:
        raise ValidationFailed({"as_of": [str(error)]}) from None
    past = history.as_of(issue, at)
    if past is None:
        raise IssueNotFound("The issue was not there yet.")
    return issue_answer(past, actor, at=at)
