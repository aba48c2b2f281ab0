"""What the insurer answered, as a person writes it down."""

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextareaWidget

from common.money import DECIMAL_PLACES, MAX_DIGITS
from refunds.forms.refund import NoteForm


class AcceptClaimForm(NoteForm):
    """The whole of it."""


class AcceptPartForm(NoteForm):
    amount = forms.DecimalField(
        max_digits=MAX_DIGITS,
        decimal_places=DECIMAL_PLACES,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What the insurer pays, in the order's currency.",
    )
    field_order = ("amount", "note")


class RejectClaimForm(NoteForm):
    note = forms.CharField(label="Reason", max_length=500, widget=UnfoldAdminTextareaWidget)
