"""What the lists can be narrowed to, as forms above them. The issues' own filters are in ``issues.listing``."""

from django import forms

from common.errors import ValidationFailed
from issues.workflow import Priority, Status


class IssueFilterForm(forms.Form):
    """Only shows what is asked for; ``issues.listing`` judges it."""

    use_required_attribute = False

    q = forms.CharField(
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Number, order, customer, words"}),
    )
    status = forms.ChoiceField(choices=[("", "Any status"), *Status.choices])
    priority = forms.ChoiceField(choices=[("", "Any priority"), *Priority.choices])
    assigned_to = forms.ChoiceField(label="Assignee", choices=[("", "Anybody"), ("me", "Me"), ("none", "Nobody")])
    sla = forms.ChoiceField(label="Time", choices=[("", "Any time"), ("breached", "Past due"), ("due", "Due soon")])

    def __init__(self, data) -> None:
        super().__init__(initial=data.dict(), auto_id="filter-%s")
        self.refusals: list[str] = []

    def refuse(self, refusal: ValidationFailed) -> None:
        self.refusals = [f"{name}: {message}" for name, each in refusal.errors.items() for message in each]
