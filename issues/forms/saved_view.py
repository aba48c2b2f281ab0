"""Keep a view of the queue, rename or share it, and give it up."""

from django import forms

from issues.actions.saved_views import LONGEST_NAME, change_view, delete_view, save_view
from issues.forms.base import ActionForm
from issues.models import SavedView


class SaveViewForm(ActionForm):
    deed = forms.CharField(widget=forms.HiddenInput, initial="save", required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(label="Share it with everybody", required=False)

    def act(self) -> SavedView:
        given = self.cleaned_data
        return save_view(given["name"], given["query"], is_shared=given["is_shared"], actor=self.actor)


class ChangeViewForm(ActionForm):
    deed = forms.CharField(widget=forms.HiddenInput, initial="change", required=False)
    view = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(label="Shared", required=False)

    def act(self) -> SavedView:
        given = self.cleaned_data
        return change_view(given["view"], given["name"], is_shared=given["is_shared"], actor=self.actor)


class DeleteViewForm(ActionForm):
    deed = forms.CharField(widget=forms.HiddenInput, initial="delete", required=False)
    view = forms.UUIDField(widget=forms.HiddenInput)

    def act(self) -> None:
        delete_view(self.cleaned_data["view"], actor=self.actor)


FORMS: dict[str, type[ActionForm]] = {"save": SaveViewForm, "change": ChangeViewForm, "delete": DeleteViewForm}
