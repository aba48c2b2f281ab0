"""The refunds of an issue."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import page_of
from common.api.query import ensure_known_parameters
from issues.api.reads import ensure_issue_exists
from refunds.api.answers import refund_answer
from refunds.api.views import refunds_for


class IssueRefundsView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, order_id: str, issue_id: str) -> Response:
        issue = ensure_issue_exists(order_id, issue_id, actor=self.actor)
        ensure_known_parameters(request)
        return self.answer_page(page_of(refunds_for(self.actor).filter(issue=issue.pk), request), refund_answer)
