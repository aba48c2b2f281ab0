"""Fields of forms that several apps need."""

from datetime import UTC, datetime
from typing import Any

from django import forms


class MomentField(forms.DateTimeField):
    """In UTC. An offset may lead out of the years 1 to 9999, where no database and no calculation follows."""

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
