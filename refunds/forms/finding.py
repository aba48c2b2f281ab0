"""The dialog for what a reconciliation found."""

from django import forms
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget


class LookIntoForm(BaseDialogForm):
    note = forms.CharField(label="What is it?", max_length=2000, widget=UnfoldAdminTextareaWidget)
