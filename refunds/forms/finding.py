"""The dialog for what a reconciliation found."""

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from common.dialogs import DialogForm


class LookIntoForm(DialogForm):
    note = forms.CharField(label="What is it?", max_length=2000, widget=UnfoldAdminTextareaWidget)
