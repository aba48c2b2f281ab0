"""The four roles, and what each may do: the first content of the groups, which administrators may change."""

from decimal import Decimal

AGENT = "Agent"
SENIOR_AGENT = "Senior agent"
MANAGER = "Manager"
ADMINISTRATOR = "Administrator"

VIEW_ISSUE = "issues.view_issue"
WORK_ISSUE = "issues.work_issue"
ESCALATE_ISSUE = "issues.escalate_issue"
CLOSE_ISSUE = "issues.close_issue"
REOPEN_ISSUE = "issues.reopen_issue"
DECIDE_APPROVAL = "issues.decide_approval"
VIEW_METRICS = "issues.view_metrics"
RECORD_PROBLEM = "issues.record_problem"
SHARE_MACRO = "issues.share_macro"
CHANGE_DEADLINES = "issues.change_slapolicy"
EXPORT_ISSUES = "issues.export_issue"
START_REFUND = "refunds.start_refund"
PUT_ORDER = "orders.put_order"
ERASE_CUSTOMER = "orders.erase_customer"
MANAGE_WEBHOOKS = "events.manage_webhooks"

_AGENT = {WORK_ISSUE, START_REFUND}
_SENIOR_AGENT = _AGENT | {ESCALATE_ISSUE, CLOSE_ISSUE, VIEW_METRICS, EXPORT_ISSUES, RECORD_PROBLEM, SHARE_MACRO}
_MANAGER = _SENIOR_AGENT | {REOPEN_ISSUE, DECIDE_APPROVAL}
_ADMINISTRATOR = _MANAGER | {PUT_ORDER, ERASE_CUSTOMER, MANAGE_WEBHOOKS}

PERMISSIONS = {
    AGENT: _AGENT,
    SENIOR_AGENT: _SENIOR_AGENT,
    MANAGER: _MANAGER,
    ADMINISTRATOR: _ADMINISTRATOR,
}

# Models that every role reads in the admin, that the upper two read, and that only an Administrator changes there.
READ_BY_ALL = [
    "issues.issue", "issues.note", "issues.communication", "issues.attachment", "issues.approval", "issues.team",
    "orders.order", "orders.orderitem", "orders.customer", "orders.store", "refunds.refund", "refunds.refundattempt",
    "refunds.claim", "refunds.externalrefund", "refunds.ledgeraccount", "events.delivery",
    "issues.macro", "issues.inboundmail",
]  # fmt: skip
READ_BY_MANAGERS = ["refunds.reconciliation", "refunds.finding", "refunds.providerevent"]
CHANGED_BY_ADMINISTRATOR = [
    "accounts.employee", "accounts.apikey", "accounts.refundlimit", "auth.group", "issues.team", "issues.routingrule",
    "events.chatroom", "issues.customertext", "issues.slapolicy", "issues.businesshours",
]  # fmt: skip

REFUND_LIMITS = {
    AGENT: Decimal("100.00"),
    SENIOR_AGENT: Decimal("500.00"),
    MANAGER: Decimal("5000.00"),
    ADMINISTRATOR: Decimal("5000.00"),
}


def permissions_of(role: str) -> set[str]:
    """All that the role has from the start, those for the admin's models among them."""
    names = PERMISSIONS[role] | {_named("view", model) for model in READ_BY_ALL}
    if role in (MANAGER, ADMINISTRATOR):
        names |= {_named("view", model) for model in READ_BY_MANAGERS}
    if role == ADMINISTRATOR:
        names |= {_named(verb, model) for verb in ("view", "add", "change") for model in CHANGED_BY_ADMINISTRATOR}
    return names


def _named(verb: str, model: str) -> str:
    app, _, name = model.partition(".")
    return f"{app}.{verb}_{name}"
