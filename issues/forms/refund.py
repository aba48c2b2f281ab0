"""Money back, from the page of an issue: the update that starts a refund, and nothing else."""

from typing import Any

from django import forms

from issues.forms.update import UpdateForm


class RefundForm(UpdateForm):
    """Shows three of the update's fields; whatever else it holds is as it was seen."""

    html_id = "refund-form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        notes = self.fields["notes"]
        notes.label, notes.help_text = "Why", "Optional. A note for the team, and for who approves it."
        notes.widget.attrs |= {"rows": 2, "placeholder": ""}

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data["refund_amount"]:
            raise forms.ValidationError({"refund_amount": "Say how much."})
        return super().clean()
