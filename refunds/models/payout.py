"""Refunds that finance has to pay by hand."""

from refunds.models.refund import Refund


class PayoutToMake(Refund):
    """A refund, in the list of its own that finance works through; it is written as a ``Refund``."""

    class Meta:
        proxy = True
        default_permissions = ()  # who sees refunds sees it
        verbose_name = "payout to make"
        verbose_name_plural = "payouts to make"
