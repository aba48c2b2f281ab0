"""What finance says of a payout."""

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from refunds.forms.refund import NoteForm


class PaidForm(NoteForm):
    reference = forms.CharField(
        label="Payment reference",
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
        help_text="Of the transfer, or the number of the receipt.",
    )
    field_order = ("reference", "note")


class NotPaidForm(NoteForm):
    note = forms.CharField(label="Reason", max_length=500, widget=UnfoldAdminTextareaWidget)
