"""Ask for a step, see what waits, decide."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import page_of
from common.api.query import ensure_known_parameters, narrowed
from common.errors import NotFound
from issues.actions.decide_approval import decide_approval
from issues.actions.request_approval import request_approval
from issues.api.reads import ensure_issue_exists
from issues.api.serializers import ApprovalRequestSerializer, DecisionSerializer, RejectionSerializer
from issues.models import Approval
from issues.workflow import ApprovalKind, ApprovalStatus

FILTERS = {"status": ApprovalStatus.values, "kind": ApprovalKind.values}
RELATED = ("issue", "requested_by", "decided_by", "on_behalf_of")


class IssueApprovalsView(DeskView):
    scopes = {"POST": Scope.ISSUES_WRITE}
    acting_field = "requested_by"

    def post(self, request: Request, order_id: str, issue_id: str) -> Response:
        found = lambda: ensure_issue_exists(order_id, issue_id, actor=self.actor)  # noqa: E731
        asked = self.read(ApprovalRequestSerializer, found=found)
        approval, created = request_approval(order_id, issue_id, asked["kind"], asked["note"], actor=self.actor)
        message = "The request waits for a decision." if created else "This was asked for already, and waits."
        answer = {"success": True, "message": message, **approval_answer(approval)}
        return self.answer(answer, status=201 if created else 200)


class ApprovalsView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request) -> Response:
        approvals = Approval.objects.visible_to(self.actor.grants).select_related(*RELATED)
        return self.answer_page(page_of(narrowed(approvals, request, FILTERS), request), approval_answer)


class ApprovalView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request, approval_id: UUID) -> Response:
        approval = find_approval(approval_id, self.actor)
        ensure_known_parameters(request)
        return self.answer(approval_answer(approval))


class DecisionView(DeskView):
    """POST to approve, or to reject: ``decision`` is set where the address is."""

    scopes = {"POST": Scope.APPROVALS_WRITE}
    acting_field = "decided_by"
    decision = ApprovalStatus.APPROVED

    def post(self, request: Request, approval_id: UUID) -> Response:
        shape = RejectionSerializer if self.decision == ApprovalStatus.REJECTED else DecisionSerializer
        given = self.read(shape, found=lambda: find_approval(approval_id, self.actor))
        approval = decide_approval(approval_id, self.decision, actor=self.actor, note=given.get("note", ""))
        answer = {"success": True, "message": f"The request was {approval.status}.", **approval_answer(approval)}
        return self.answer(answer)


def find_approval(approval_id: UUID, actor: Actor) -> Approval:
    approvals = Approval.objects.visible_to(actor.grants).select_related(*RELATED)
    approval = approvals.filter(pk=approval_id).first()
    if approval is None:
        raise NotFound("There is no such approval.")
    return approval


def short_approval(approval: Approval) -> dict:
    return {
        "id": approval.pk,
        "kind": approval.kind,
        "status": approval.status,
        "requested_status": approval.requested_status or None,
    }


def approval_answer(approval: Approval) -> dict:
    return {
        **short_approval(approval),
        "order_id": approval.issue.order_id,
        "issue_id": approval.issue_id,
        "refund_id": approval.refund_id,
        "note": approval.note or None,
        "requested_by": approval.requested_by.employee_id if approval.requested_by else None,
        "created_at": approval.created_at,
        "expires_at": approval.expires_at,
        "decided_by": approval.decided_by.employee_id if approval.decided_by else None,
        "on_behalf_of": approval.on_behalf_of.employee_id if approval.on_behalf_of else None,
        "decided_at": approval.decided_at,
        "decision_note": approval.decision_note or None,
    }
