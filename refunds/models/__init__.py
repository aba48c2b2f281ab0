"""Refunds with their attempts, and what each kind of payer keeps of its own."""

from refunds.models.claim import OPEN_CLAIM, PAID_CLAIM, Claim, ClaimQuerySet, ClaimStatus
from refunds.models.ledger import (
    ContactChannel,
    CreditConsent,
    LedgerAccount,
    LedgerEntry,
    LedgerLot,
    LedgerPosting,
    PostingKind,
)
from refunds.models.payout import PayoutToMake
from refunds.models.provider_event import ExternalRefund, ExternalRefundQuerySet, ProviderEvent
from refunds.models.reconciliation import Finding, FindingQuerySet, Reconciliation
from refunds.models.refund import (
    MOVES,
    RELEASED,
    Refund,
    RefundAttempt,
    RefundQuerySet,
    RefundStatus,
    Source,
)

__all__ = [
    "MOVES",
    "OPEN_CLAIM",
    "PAID_CLAIM",
    "RELEASED",
    "Claim",
    "ClaimQuerySet",
    "ClaimStatus",
    "ContactChannel",
    "CreditConsent",
    "ExternalRefund",
    "ExternalRefundQuerySet",
    "Finding",
    "FindingQuerySet",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerLot",
    "LedgerPosting",
    "PayoutToMake",
    "PostingKind",
    "ProviderEvent",
    "Reconciliation",
    "Refund",
    "RefundAttempt",
    "RefundQuerySet",
    "RefundStatus",
    "Source",
]
