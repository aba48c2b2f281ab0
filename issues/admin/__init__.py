"""The agents' door: issues to work on, and everything around them to read."""

from issues.admin.deadlines import BusinessHoursAdmin, SlaPolicyAdmin
from issues.admin.issue import IssueAdmin
from issues.admin.macros import MacroAdmin
from issues.admin.mail import CustomerTextAdmin, InboundMailAdmin
from issues.admin.outbox import DeliveryAdmin
from issues.admin.records import ApprovalAdmin, AttachmentAdmin, CommunicationAdmin, NoteAdmin
from issues.admin.teams import RoutingRuleAdmin, TeamAdmin

__all__ = [
    "ApprovalAdmin",
    "AttachmentAdmin",
    "BusinessHoursAdmin",
    "CommunicationAdmin",
    "CustomerTextAdmin",
    "DeliveryAdmin",
    "InboundMailAdmin",
    "IssueAdmin",
    "MacroAdmin",
    "NoteAdmin",
    "RoutingRuleAdmin",
    "SlaPolicyAdmin",
    "TeamAdmin",
]
