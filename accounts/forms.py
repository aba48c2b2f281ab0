"""Forms of the admin for people and keys."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import model_to_dict
from unfold.forms import BaseDialogForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminIntegerFieldWidget

from accounts.actions.create_key import broken_rules
from accounts.actions.rotate_key import OVERLAP
from accounts.models import ApiKey, Employee, Scope


class NewEmployeeForm(UserCreationForm):
    class Meta:
        model = Employee
        fields = ("username", "employee_id")


class AsSeen(forms.ModelForm):
    """Refuses to write over what somebody else has saved since the page was opened, as a removed role."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = fingerprint(self.instance)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        rows = type(self.instance)._base_manager.select_for_update()
        if self.instance.pk and self.data.get("seen") != fingerprint(rows.get(pk=self.instance.pk)):
            raise forms.ValidationError("Somebody else saved this since you opened it. Open it again to see how it is.")
        return given


class EmployeeForm(AsSeen, UserChangeForm):
    pass


class RoleForm(AsSeen):
    pass


class LimitForm(AsSeen):
    pass


def fingerprint(row: Model) -> str:
    """Of what the admin edits; signing in is no change."""
    values = model_to_dict(row, exclude=["last_login", "password", "user_permissions"])
    plain = {name: sorted(one.pk for one in each) if isinstance(each, list) else each for name, each in values.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


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


class RevokeForm(BaseDialogForm):
    """Asks only whether it is meant."""


class RotateForm(BaseDialogForm):
    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=24 * 30,
        initial=OVERLAP // timedelta(hours=1),
        label="Hours for which the old key still works",
        widget=UnfoldAdminIntegerFieldWidget,
    )
