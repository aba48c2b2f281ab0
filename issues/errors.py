"""What an issue can answer instead of doing what it was asked."""

from common.errors import DeskError


class IssueNotFound(DeskError):
    code = "ISSUE_NOT_FOUND"
    message = "This order has no such issue."


class StaleIssue(DeskError):
    """Facts: ``version``, the present one."""

    code = "STALE_ISSUE"
    message = "The issue was changed since you read it; read it again and repeat your change."


class IssueClosed(DeskError):
    code = "ISSUE_CLOSED"
    message = "The issue is closed; reopen it to change this."


class InvalidStatusTransition(DeskError):
    """Facts: ``current_status``, ``requested_status``, ``allowed_transitions``."""

    code = "INVALID_STATUS_TRANSITION"
    message = "The workflow has no such step; see allowed_transitions."


class InvalidAttachment(DeskError):
    """Facts: ``invalid_urls``."""

    code = "INVALID_ATTACHMENT"
    message = "Attachments are https addresses; see invalid_urls."


class ApprovalAlreadyDecided(DeskError):
    """Facts: ``status`` and ``decided_by`` (an employee id, or None)."""

    code = "APPROVAL_ALREADY_DECIDED"
    message = "This request is no longer waiting for a decision."
