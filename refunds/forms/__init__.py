"""Dialogs of the admin for refunds, and for what belongs to them."""

from refunds.forms.claim import AcceptClaimForm, AcceptPartForm, RejectClaimForm
from refunds.forms.credit import CreditInsteadForm
from refunds.forms.finding import LookIntoForm
from refunds.forms.payout import NotPaidForm, PaidForm
from refunds.forms.refund import ConfirmForm, NoteForm

__all__ = [
    "AcceptClaimForm",
    "AcceptPartForm",
    "ConfirmForm",
    "CreditInsteadForm",
    "LookIntoForm",
    "NotPaidForm",
    "NoteForm",
    "PaidForm",
    "RejectClaimForm",
]
