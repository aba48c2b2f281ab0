"""What an action refuses, in a form: at the field where the field is there, and with what to do next."""

from collections.abc import Callable

from django.forms import Form

from accounts import roles
from common.display import in_words
from common.errors import DeskError, FieldErrors, PermissionDenied
from common.forms import show_errors
from issues.rules import attachment_errors

MAY_NOT = {
    roles.WORK_ISSUE: "work on issues",
    roles.ESCALATE_ISSUE: "move an issue into or out of “Escalated”",
    roles.CLOSE_ISSUE: "close an issue",
    roles.REOPEN_ISSUE: "reopen an issue",
    roles.START_REFUND: "start a refund",
    roles.DECIDE_APPROVAL: "decide what others ask for",
}


def add_refusal(form: Form, refusal: DeskError) -> None:
    """Add each message of ``refusal`` at its field, or above the form."""
    show_errors(form, EXPLANATIONS.get(refusal.code, _as_it_is)(refusal))


def words_of(refusal: DeskError) -> str:
    """In one line, where there is no form to show it in."""
    return " ".join(message for messages in EXPLANATIONS.get(refusal.code, _as_it_is)(refusal).values()
                    for message in messages)  # fmt: skip


def _as_it_is(refusal: DeskError) -> FieldErrors:
    return {"": [refusal.message]}


def _by_field(refusal: DeskError) -> FieldErrors:
    return refusal.facts["errors"]


def _may_not(refusal: DeskError) -> FieldErrors:
    """The action's own words where it has some: that it was one's own request, for instance."""
    if refusal.message != PermissionDenied.message:
        return {"": [refusal.message]}
    deed = MAY_NOT.get(refusal.facts.get("required_permission", ""), "do this")
    return {"": [f"Your role may not {deed}. Ask for it, or hand the issue to somebody who may."]}


def _no_such_step(refusal: DeskError) -> FieldErrors:
    """The page's choice was made of an older status, or of none."""
    current, wanted = (in_words(refusal.facts[name]) for name in ("current_status", "requested_status"))
    allowed = [in_words(name) for name in refusal.facts["allowed_transitions"]]
    next_steps = f"From here it can go to: {', '.join(allowed)}." if allowed else "You can't move it from here."
    return {"status": [f"An issue that is “{current}” can't become “{wanted}”. {next_steps}"]}


def _stale(refusal: DeskError) -> FieldErrors:
    return {
        "": [
            f"Somebody changed this issue while you were writing; it is at version {refusal.facts['version']} now. "
            "What you typed is kept: look at what is new in the story, then save again."
        ]
    }


def _sent_before(refusal: DeskError) -> FieldErrors:
    return {
        "": [
            "This was saved already, as you had filled it in then. What you wrote since is kept: look at what is there "
            "now, take out what was saved, and save again."
        ]
    }


def _closed(refusal: DeskError) -> FieldErrors:
    return {
        "": [
            "The issue is closed. It takes notes, the customer's satisfaction and a follow-up; "
            "for anything else set its status to Open first."
        ]
    }


def _duplicate_refund(refusal: DeskError) -> FieldErrors:
    same = "The same refund was made on this issue a few minutes ago. If you mean another one, say so below."
    return {"refund_amount": [same]}


def _refund_failed(refusal: DeskError) -> FieldErrors:
    reason = refusal.facts.get("reason") or refusal.message
    return {"refund_amount": [f"This can't be paid: {reason}. Choose another source, such as store credit."]}


def _no_such_order(refusal: DeskError) -> FieldErrors:
    return {"order_id": ["There is no such order. Check its number with the customer or the shop."]}


def _bad_attachments(refusal: DeskError) -> FieldErrors:
    return attachment_errors(refusal.facts["invalid_urls"])


EXPLANATIONS: dict[str, Callable[[DeskError], FieldErrors]] = {
    "VALIDATION_ERROR": _by_field,
    "PERMISSION_DENIED": _may_not,
    "ORDER_NOT_FOUND": _no_such_order,
    "INVALID_ATTACHMENT": _bad_attachments,
    "INVALID_STATUS_TRANSITION": _no_such_step,
    "STALE_ISSUE": _stale,
    "IDEMPOTENCY_KEY_REUSED": _sent_before,
    "ISSUE_CLOSED": _closed,
    "POSSIBLE_DUPLICATE_REFUND": _duplicate_refund,
    "REFUND_FAILED": _refund_failed,
}
