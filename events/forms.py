"""Forms of the admin for webhooks."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.actor import Grants
from common.as_seen import AsSeen
from events.models import EVERY, WebhookEndpoint
from events.webhooks.rules import CHOOSABLE, broken_rules

FIELDS = ("url", "description", "events", "store")
CHOICES = [(name, "Every event" if name == EVERY else name) for name in CHOOSABLE]


class WebhookForm(AsSeen):
    """``grants`` are set by the admin: of the stores, those that the employee sees."""

    grants: Grants
    compared = FIELDS  # how it does changes with every delivery

    url = forms.CharField(label="Address", max_length=2000, widget=UnfoldAdminTextInputWidget, help_text="https://…")
    events = forms.MultipleChoiceField(choices=CHOICES, widget=UnfoldAdminCheckboxSelectMultipleWidget)

    class Meta:
        model = WebhookEndpoint
        fields = FIELDS
        widgets = {"store": UnfoldAdminSelectWidget}
        help_texts = {"store": "Of this store's orders alone; empty: of all."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        store: Any = self.fields["store"]
        store.queryset = store.queryset.visible_to(self.grants)

    def given(self) -> dict[str, Any]:
        """As the actions take it."""
        values = {name: value for name, value in self.cleaned_data.items() if name in FIELDS}
        store = values.pop("store", None)
        return values | {"store_id": store.pk if store else None}

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for field, messages in broken_rules(self.given(), self.grants).items():
                self.add_error("store" if field == "store_id" else field, messages)
        return self.cleaned_data
