"""A word on a refund."""

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from common.dialogs import DialogForm
from refunds.models import RefundStatus

OUTCOMES = [
    (RefundStatus.SUCCEEDED, "It was paid"),
    (RefundStatus.FAILED, "It was not paid, and will not be"),
    (RefundStatus.RETURNED, "It was paid, and the money came back"),
]


class NoteForm(DialogForm):
    note = forms.CharField(max_length=2000, required=False, widget=UnfoldAdminTextareaWidget)


class ConfirmForm(NoteForm):
    outcome = forms.ChoiceField(choices=OUTCOMES, widget=UnfoldAdminSelectWidget)
    reference = forms.CharField(
        label="Provider's reference",
        max_length=255,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="By which the provider, or finance, knows the payment.",
    )
    field_order = ("outcome", "reference", "note")
