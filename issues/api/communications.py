"""Words with the customer: write one down, read them."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import page_of
from common.api.query import ensure_known_parameters
from issues.actions.add_communication import add_communication
from issues.api.reads import ensure_issue_exists
from issues.api.serializers import CommunicationSerializer
from issues.models import Communication


class CommunicationsView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ, "POST": Scope.ISSUES_WRITE}
    acting_field = "contacted_by"

    def get(self, request: Request, order_id: str, issue_id: str) -> Response:
        issue = ensure_issue_exists(order_id, issue_id, actor=self.actor)
        ensure_known_parameters(request)
        communications = Communication.objects.filter(issue=issue).select_related("author")
        return self.answer_page(page_of(communications, request, ordering=("created_at", "id")), communication_answer)

    def post(self, request: Request, order_id: str, issue_id: str) -> Response:
        found = lambda: ensure_issue_exists(order_id, issue_id, actor=self.actor)  # noqa: E731
        word = self.read(CommunicationSerializer, found=found)
        communication = add_communication(order_id, issue_id, word, actor=self.actor)
        answer = {"success": True, "message": "The communication was added.", **communication_answer(communication)}
        return self.answer(answer, status=201)


def communication_answer(communication: Communication) -> dict:
    return {
        "id": communication.pk,
        "issue_id": communication.issue_id,
        "channel": communication.channel,
        "direction": communication.direction,
        "body": communication.body,
        "occurred_at": communication.occurred_at,
        "contacted_by": communication.author.employee_id if communication.author else None,
        "created_at": communication.created_at,
    }
