from issues.models.approval import Approval
from issues.models.conversation import Attachment, Communication, Note, SearchEntry
from issues.models.customer_text import CustomerText, CustomerTextKind
from issues.models.delegation import Delegation
from issues.models.file import StoredFile
from issues.models.inbound_mail import InboundMail
from issues.models.issue import Issue, IssueNumber
from issues.models.link import IssueLink, LinkKind
from issues.models.macro import Macro
from issues.models.milestone import Fold, FoldedMonth, Milestone, MilestoneKind, RefundMilestone, Standing
from issues.models.presence import Presence
from issues.models.problem import Problem, ProblemIssue, ProblemStatus
from issues.models.satisfaction import SatisfactionLink
from issues.models.saved_view import SavedView
from issues.models.sla import BusinessHours, CalendarLink, SlaPolicy
from issues.models.tag import IssueTag
from issues.models.team import RoutingRule, Team

__all__ = [
    "Approval",
    "Attachment",
    "BusinessHours",
    "CalendarLink",
    "Communication",
    "CustomerText",
    "CustomerTextKind",
    "Delegation",
    "Fold",
    "FoldedMonth",
    "InboundMail",
    "Issue",
    "IssueLink",
    "IssueNumber",
    "IssueTag",
    "LinkKind",
    "Macro",
    "Milestone",
    "MilestoneKind",
    "Note",
    "Presence",
    "Problem",
    "ProblemIssue",
    "ProblemStatus",
    "RefundMilestone",
    "RoutingRule",
    "SatisfactionLink",
    "SavedView",
    "SearchEntry",
    "SlaPolicy",
    "Standing",
    "StoredFile",
    "Team",
]
