"""A word with the customer, written down."""

from typing import Any

from django import forms

from issues.actions.add_communication import add_communication
from issues.forms.base import ActionForm, longest, text_area
from issues.models import Communication, Issue


class CommunicationForm(ActionForm):
    channel = forms.ChoiceField(choices=Communication.Channel.choices)
    direction = forms.ChoiceField(
        choices=[("inbound", "The customer told us"), ("outbound", "We told the customer")], initial="outbound"
    )
    body = forms.CharField(label="What was said", max_length=longest(Communication, "body"), widget=text_area(3))

    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue

    def act(self) -> Communication:
        word = {name: self.cleaned_data[name] for name in ("channel", "direction", "body")}
        return add_communication(self.issue.order_id, self.issue.pk, word, actor=self.actor)
