"""Name somebody who decides while one is away."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django import forms

from accounts.models import Employee
from issues.actions.delegate import delegate_decisions
from issues.forms.base import ActionForm
from issues.models import Delegation
from issues.standing_in import who_may_decide


class Names(forms.ModelChoiceField):
    def label_from_instance(self, employee: Employee) -> str:
        return f"{employee.name} ({employee.employee_id})"


class DelegationForm(ActionForm):
    """Whole days in UTC, both counted."""

    delegate = Names(label="Who decides", queryset=Employee.objects.none(), empty_label="Choose somebody")
    starts_at = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_at = forms.DateField(label="Up to and with", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = who_may_decide().exclude(pk=self.actor.person.pk).order_by("first_name", "last_name", "pk")
        cast(forms.ModelChoiceField, self.fields["delegate"]).queryset = others

    def clean_ends_at(self) -> date:
        day = self.cleaned_data["ends_at"]
        if day == date.max:
            raise forms.ValidationError("Give an earlier day.")
        return day

    def act(self) -> Delegation:
        given = self.cleaned_data
        starts_at, ends_at = midnight(given["starts_at"]), midnight(given["ends_at"] + timedelta(days=1))
        return delegate_decisions(given["delegate"], starts_at, ends_at, actor=self.actor)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
