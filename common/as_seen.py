"""A form of the admin that knows what its page showed."""

import hashlib
import json
from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.forms.models import model_to_dict
from django.http import HttpRequest


class AsSeen(forms.ModelForm):
    """Refuses to write over what somebody else has saved since the page was opened, as a removed role."""

    compared: ClassVar[tuple[str, ...] | None] = None  # None: all that can be edited, by whatever form

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["seen"] = fingerprint(self.instance, self.compared)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if not self.instance._state.adding and self.data.get("seen") != fingerprint(self._present(), self.compared):
            raise forms.ValidationError("Somebody else saved this since you opened it. Open it again to see how it is.")
        return given

    def _present(self) -> Model:
        return type(self.instance)._base_manager.select_for_update().get(pk=self.instance.pk)


class AsSeenMixin:
    """For the ``ModelAdmin`` of such a form: who only looks has no use for what the page showed."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if obj is None or self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return fieldsets
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field != "seen"]})
            for name, options in fieldsets
        ]


def fingerprint(row: Model, fields: Collection[str] | None = None) -> str:
    """Of what the admin edits, or of these fields; signing in is no change."""
    values = model_to_dict(row, fields, exclude=["last_login", "password", "user_permissions"])
    plain: dict[str, Any] = {
        name: sorted(getattr(one, "pk", one) for one in each) if isinstance(each, list) else each
        for name, each in values.items()
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
