from django.urls import path

from issues.api.approvals import ApprovalsView, ApprovalView, DecisionView, IssueApprovalsView
from issues.api.communications import CommunicationsView
from issues.api.deadlines import DeadlinesView
from issues.api.issues import IssueView, OrderIssuesView
from issues.api.metrics import PatternsCsvView, PatternsView, ResolutionCsvView, ResolutionView
from issues.api.reads import HistoryView, IssuesView, TimelineView
from issues.api.refunds import IssueRefundsView
from issues.workflow import ApprovalStatus

ISSUE = "orders/<str:order_id>/issues/<str:issue_id>"

urlpatterns = [
    path("issues", IssuesView.as_view()),
    path("orders/<str:order_id>/issues", OrderIssuesView.as_view()),
    path(ISSUE, IssueView.as_view()),
    path(f"{ISSUE}/timeline", TimelineView.as_view()),
    path(f"{ISSUE}/history", HistoryView.as_view()),
    path(f"{ISSUE}/communications", CommunicationsView.as_view()),
    path(f"{ISSUE}/sla", DeadlinesView.as_view()),
    path(f"{ISSUE}/refunds", IssueRefundsView.as_view()),
    path(f"{ISSUE}/approvals", IssueApprovalsView.as_view()),
    path("metrics/resolution", ResolutionView.as_view()),
    path("metrics/patterns", PatternsView.as_view()),
    path("metrics/patterns.csv", PatternsCsvView.as_view()),
    path("metrics/resolution.csv", ResolutionCsvView.as_view()),
    path("approvals", ApprovalsView.as_view()),
    path("approvals/<uuid:approval_id>", ApprovalView.as_view()),
    path("approvals/<uuid:approval_id>/approve", DecisionView.as_view()),
    path("approvals/<uuid:approval_id>/reject", DecisionView.as_view(decision=ApprovalStatus.REJECTED)),
]
