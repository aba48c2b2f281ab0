"""Put files on an issue."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import File

from issues.actions.add_files import add_files
from issues.forms.link import AboutIssue
from issues.models import StoredFile
from issues.uploads import ALLOWED, TYPE_OF


class Several(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files; the action judges them."""

    def clean(self, data: Any, initial: Any = None) -> Sequence[File]:
        return [file for file in data or [] if file]


class FilesForm(AboutIssue):
    done = "The files were added."

    upload = FilesField(
        label="Add files",
        required=False,
        widget=Several(attrs={"accept": ",".join(f".{ending}" for ending in sorted(TYPE_OF))}),
        help_text=f"{ALLOWED}.",
    )

    def act(self) -> list[StoredFile]:
        return add_files(self.issue.order_id, self.issue.pk, self.cleaned_data["upload"], actor=self.actor)
