"""Forms of the admin for people and keys."""

from datetime import timedelta
from typing import Any

from django import forms
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminIntegerFieldWidget

from accounts.actions.create_key import broken_rules
from accounts.actions.rotate_key import OVERLAP
from accounts.models import ApiKey, Employee, Scope
from common.as_seen import AsSeen
from common.dialogs import DialogForm


class NewEmployeeForm(UserCreationForm):
    class Meta:
        model = Employee
        fields = ("username", "employee_id")


class EmployeeForm(AsSeen, UserChangeForm):
    pass


class NewKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in Scope.values], widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ApiKey
        fields = ("employee", "integration", "scopes", "expires_at")

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if not self.errors:
            for field, messages in broken_rules(
                given["employee"], given["integration"], given["scopes"], given["expires_at"]
            ).items():
                self.add_error(field, messages)
        return given

    def validate_constraints(self) -> None:
        """``broken_rules`` says it at the field."""


class RotateForm(DialogForm):
    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=24 * 30,
        initial=OVERLAP // timedelta(hours=1),
        label="Hours for which the old key still works",
        widget=UnfoldAdminIntegerFieldWidget,
    )
