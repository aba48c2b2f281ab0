"""What forms of several apps need."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from common.errors import FieldErrors


class MomentField(forms.DateTimeField):
    """In UTC. An offset may lead out of the years 1 to 9999, where no database and no calculation follows."""

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


def show_errors(form: forms.BaseForm, errors: FieldErrors) -> None:
    """Each message at its field, where somebody sees that; else above the form. A part is named like ``consent.at``."""
    for name, messages in errors.items():
        field = name.rpartition(".")[2]
        is_shown = field in form.fields and not form.fields[field].widget.is_hidden
        for message in messages:
            form.add_error(field if is_shown else None, message)
