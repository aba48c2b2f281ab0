"""Put tags on an issue, and take one off."""

from typing import Any

from django import forms

from issues.actions.tag import change_tags
from issues.forms.base import ActionForm
from issues.models import Issue


class TagForm(ActionForm):
    """``add``: words with commas between them; ``remove``: the tag whose button was pressed."""

    done = "The tags were changed."

    add = forms.CharField(
        label="Add tags",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "fragile, vip"}),
    )
    remove = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue

    def clean(self) -> dict[str, Any]:
        if not self.errors and not (self.cleaned_data["add"] or self.cleaned_data["remove"]):
            self.add_error("add", "Write a tag, or several with commas between them.")
        return self.cleaned_data

    def act(self) -> list[str]:
        added, removed = (self.cleaned_data[name].split(",") for name in ("add", "remove"))
        add, remove = ([word for word in words if word.strip()] for words in (added, removed))
        return change_tags(self.issue.order_id, self.issue.pk, add=add, remove=remove, actor=self.actor)
