"""Prove that a refusal left no trace: no row, history, event, message or money differs."""

from contextlib import contextmanager

from django.db import connection

from events.models import (
    ChatRoom,
    Delivery,
    Event,
    NotificationChoice,
    NotificationSettings,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from issues.models import (
    Approval,
    Attachment,
    BusinessHours,
    Communication,
    CustomerText,
    Delegation,
    Issue,
    IssueLink,
    IssueTag,
    Macro,
    Note,
    Problem,
    ProblemIssue,
    RoutingRule,
    SavedView,
    SearchEntry,
    SlaPolicy,
    StoredFile,
    Team,
)
from orders.models import Order
from refunds.models import (
    Claim,
    CreditConsent,
    ExternalRefund,
    LedgerAccount,
    LedgerEntry,
    LedgerLot,
    LedgerPosting,
    ProviderEvent,
    Refund,
    RefundAttempt,
)

WATCHED = (
    SavedView, Order, Order.history.model, Issue, Issue.history.model, Note, Communication, Attachment, SearchEntry,
    Approval, Approval.history.model, Refund, Refund.history.model, RefundAttempt, Event, Delivery,
    Claim, Claim.history.model, CreditConsent, LedgerAccount, LedgerPosting, LedgerLot, LedgerEntry,
    ExternalRefund, ExternalRefund.history.model, ProviderEvent,
    Delegation, Delegation.history.model, Problem, Problem.history.model, ProblemIssue,
    WebhookEndpoint, WebhookEndpoint.history.model, WebhookDelivery, WebhookAttempt,
    IssueTag, IssueTag.history.model, IssueLink, IssueLink.history.model, Macro, Macro.history.model,
    StoredFile, StoredFile.history.model,
    Team, Team.stores.through, RoutingRule, CustomerText,
    SlaPolicy, SlaPolicy.history.model, BusinessHours, BusinessHours.history.model,
    NotificationChoice, NotificationSettings, ChatRoom,
)  # fmt: skip


# Read past the ORM, which would take most of the time of the tests that use this.
SELECTS = {
    model._meta.label: f'SELECT * FROM "{model._meta.db_table}" ORDER BY {model._meta.pk.column}' for model in WATCHED
}


@contextmanager
def nothing_happens():
    before = _everything()
    yield
    assert _everything() == before


def _everything() -> dict[str, list[tuple]]:
    with connection.cursor() as cursor:
        return {label: cursor.execute(select) and cursor.fetchall() for label, select in SELECTS.items()}
