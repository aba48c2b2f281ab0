"""The contract's tables, written down once; every door's tests run from here."""

from accounts.roles import ADMINISTRATOR, AGENT, MANAGER, SENIOR_AGENT

ROLES = [AGENT, SENIOR_AGENT, MANAGER, ADMINISTRATOR]
STATUSES = ["open", "investigating", "in_progress", "resolved", "closed", "escalated"]

# Contract 5.1
WORKFLOW = {
    "open": ["investigating", "escalated"],
    "investigating": ["open", "in_progress", "escalated"],
    "in_progress": ["open", "investigating", "resolved", "escalated"],
    "resolved": ["investigating", "in_progress", "closed", "escalated"],
    "escalated": ["investigating", "in_progress", "resolved"],
    "closed": ["open"],
}

ESCALATE = "issues.escalate_issue"
CLOSE = "issues.close_issue"
REOPEN = "issues.reopen_issue"

# Contract 2: who may take the governed steps.
MAY = {
    ESCALATE: {SENIOR_AGENT, MANAGER, ADMINISTRATOR},
    CLOSE: {SENIOR_AGENT, MANAGER, ADMINISTRATOR},
    REOPEN: {MANAGER, ADMINISTRATOR},
}


def needed_permission(current: str, target: str) -> str:
    """The governed permission a legal step needs, or nothing."""
    if current == "closed":
        return REOPEN
    if "escalated" in (current, target):
        return ESCALATE
    return CLOSE if target == "closed" else ""


def expected_step(current: str, target: str, role: str) -> tuple[int, str]:
    """(HTTP status, error code or '') of asking for ``target`` on an issue at ``current``, notes given."""
    if target == current:
        return 200, ""
    if current == "closed" and target != "open":
        return 409, "ISSUE_CLOSED"
    if target not in WORKFLOW[current]:
        return 409, "INVALID_STATUS_TRANSITION"
    permission = needed_permission(current, target)
    if not permission or role in MAY[permission]:
        return 200, ""
    return (202, "") if permission == REOPEN else (403, "PERMISSION_DENIED")


def allowed_for(current: str, role: str) -> list[str]:
    return [
        target
        for target in STATUSES
        if target in WORKFLOW[current] and expected_step(current, target, role)[0] in (200, 202)
    ]


EVERY_STEP = [(current, target, role) for current in STATUSES for target in STATUSES for role in ROLES]

TOO_LONG_NOTE = "x" * 2001

# Contract 5: a body (without updated_by) and the fields that it must be refused for, on an open USD issue of
# an order of 100.00. Several broken rules are told at once.
INVALID_UPDATES = {
    "nothing to change": ({}, {"non_field_errors"}),
    "an unknown field": ({"note": "typo"}, {"note"}),
    "a read-only field": ({"version": 7, "id": "x"}, {"version", "id"}),
    "empty notes": ({"notes": ""}, {"notes"}),
    "notes of blanks": ({"notes": "  \n\t "}, {"notes"}),
    "null notes": ({"notes": None}, {"notes"}),
    "notes that are a number": ({"notes": 5}, {"notes"}),
    "notes that are a list": ({"notes": ["a"]}, {"notes"}),
    "too long notes": ({"notes": TOO_LONG_NOTE}, {"notes"}),
    "an unknown priority": ({"priority": "urgent"}, {"priority"}),
    "a priority in capitals": ({"priority": "HIGH"}, {"priority"}),
    "a null priority": ({"priority": None}, {"priority"}),
    "a priority that is a number": ({"priority": 1}, {"priority"}),
    "a priority that is a list": ({"priority": ["high"]}, {"priority"}),
    "an unknown status": ({"status": "done"}, {"status"}),
    "a null status": ({"status": None}, {"status"}),
    "a status that is an object": ({"status": {}}, {"status"}),
    "a refund without source": ({"refund_amount": 5}, {"refund_source"}),
    "a source without refund": ({"refund_source": "merchant"}, {"refund_amount"}),
    "a refund of nothing": ({"refund_amount": 0, "refund_source": "merchant"}, {"refund_amount"}),
    "a negative refund": ({"refund_amount": -60, "refund_source": "merchant"}, {"refund_amount"}),
    "a refund with a comma": ({"refund_amount": "60,00", "refund_source": "merchant"}, {"refund_amount"}),
    "a refund that is true": ({"refund_amount": True, "refund_source": "merchant"}, {"refund_amount"}),
    "a refund that is null": ({"refund_amount": None, "refund_source": "merchant"}, {"refund_amount"}),
    "a refund that is a list": ({"refund_amount": [5], "refund_source": "merchant"}, {"refund_amount"}),
    "a refund of no number": ({"refund_amount": "NaN", "refund_source": "merchant"}, {"refund_amount"}),
    "an infinite refund": ({"refund_amount": "Infinity", "refund_source": "merchant"}, {"refund_amount"}),
    "a huge exponent": ({"refund_amount": "1e309", "refund_source": "merchant"}, {"refund_amount"}),
    "too many digits": ({"refund_amount": "33.333", "refund_source": "merchant"}, {"refund_amount"}),
    "more than the order": ({"refund_amount": "100.01", "refund_source": "merchant"}, {"refund_amount"}),
    "an unknown source": ({"refund_amount": 5, "refund_source": "cash"}, {"refund_source"}),
    "a too long resolution": ({"resolution_description": "x" * 5001}, {"resolution_description"}),
    "a resolution that is a number": ({"resolution_description": 1}, {"resolution_description"}),
    "satisfaction as text": ({"customer_satisfied": "true"}, {"customer_satisfied"}),
    "satisfaction as a number": ({"customer_satisfied": 1}, {"customer_satisfied"}),
    "follow-up as text": ({"follow_up_required": "no"}, {"follow_up_required"}),
    "follow-up null": ({"follow_up_required": None}, {"follow_up_required"}),
    "a date alone": ({"follow_up_date": "2026-12-01"}, {"follow_up_date"}),
    "a date-time without offset": ({"follow_up_date": "2026-12-01T10:00:00"}, {"follow_up_date"}),
    "a date that is none": ({"follow_up_date": "tomorrow"}, {"follow_up_date"}),
    "a date as a number": ({"follow_up_date": 1790000000}, {"follow_up_date"}),
    "no follow-up with a date": (
        {"follow_up_required": False, "follow_up_date": "2026-12-01T10:00:00Z"}, {"follow_up_date"}
    ),
    "an unknown assignee": ({"assigned_to": "EMP-NOBODY"}, {"assigned_to"}),
    "an assignee by number": ({"assigned_to": 1}, {"assigned_to"}),
    "a rising priority without notes": ({"priority": "high"}, {"notes"}),
    "five at once": (
        {"notes": "", "priority": "urgent", "status": "done", "refund_amount": -1, "typo": 1},
        {"notes", "priority", "status", "refund_amount", "refund_source", "typo"},
    ),
}  # fmt: skip
