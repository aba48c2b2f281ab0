"""What pages of the admin have in common: those that only show, that delete nothing, and whose log says it all."""

from django.db import models
from django.forms import BaseForm
from django.http import HttpRequest


class ReadOnlyMixin:
    """For a ModelAdmin or an inline: rows are neither added, changed nor deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Kept:
    """For a ModelAdmin whose rows are never deleted: others name them."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Traced:
    """For the ModelAdmin of what has no audit rows, as people, roles and teams: its log says from what to what."""

    def construct_change_message(self, request: HttpRequest, form, formsets, add: bool = False):
        if add:
            return super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]
        return "; ".join(change_in_words(name, form) for name in form.changed_data if name != "seen")


def change_in_words(name: str, form: BaseForm) -> str:
    """Of several values, as roles and permissions, those that were given and taken."""
    if name not in form.cleaned_data:
        return f"{name} changed"
    before, after = form.initial.get(name), form.cleaned_data[name]
    if isinstance(before, list):
        given, taken = set(after) - set(before), set(before) - set(after)
        return f"{name}: " + ", ".join(sorted([f"+ {each}" for each in given] + [f"- {each}" for each in taken]))
    return f"{name}: {before} → {after}"
