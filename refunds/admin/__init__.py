"""The admin of refunds: a module for each list."""

from refunds.admin import claim, credit, external, payout, reconciliation, refund

__all__ = ["claim", "credit", "external", "payout", "reconciliation", "refund"]
