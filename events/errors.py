"""What can go wrong with events and those who are told of them."""

from common.errors import DeskError


class CursorForgotten(DeskError):
    """``oldest_cursor`` is the place behind which everything is still kept."""

    code = "GONE"
    message = "Events behind this cursor were removed for their age; go on from oldest_cursor."


class WebhookDisabled(DeskError):
    """``because`` says why."""

    code = "WEBHOOK_DISABLED"
    message = "The webhook is switched off; switch it on first."
