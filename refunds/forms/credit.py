"""That the customer takes credit in place of money."""

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from common import clock
from common.forms import MomentField
from refunds.actions.credit_instead import LONGEST_NAME, Consent
from refunds.forms.refund import NoteForm
from refunds.models import ContactChannel


class CreditInsteadForm(NoteForm):
    given_by = forms.CharField(
        label="Who agreed to it", max_length=LONGEST_NAME, initial="The customer", widget=UnfoldAdminTextInputWidget
    )
    given_at = MomentField(
        label="When (UTC)",
        initial=lambda: f"{clock.now():%Y-%m-%dT%H:%M}",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    channel = forms.ChoiceField(
        label="By way of",
        choices=[*ContactChannel.choices],
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("given_by", "given_at", "channel", "note")

    @property
    def consent(self) -> Consent:
        return Consent(**{name: self.cleaned_data[name] for name in ("given_by", "given_at", "channel")})
