"""A form that carries out one action: it checks shapes, calls, and shows at its fields what the action refuses."""

import hashlib
import json
import uuid
from typing import Any, cast

from django import forms
from django.db import models, transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.actor import Actor
from accounts.browser import is_first_submission
from common.api.errors import IdempotencyKeyReused
from common.errors import DeskError
from issues.forms.errors import add_refusal

NO_CONTENT = ("csrfmiddlewaretoken", "form_id")


class ActionForm(forms.Form):
    """``result`` is what the action gave back, ``error_code`` the code of its refusal."""

    # Made new with each page, so that a second click on the same page is known as such.
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    done = "The issue was updated."

    use_required_attribute = False  # the browser's own bubble would hide what else is wrong

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        kwargs |= {"auto_id": f"{type(self).__name__.lower()}-%s", "label_suffix": ""}
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.content = content_of(self)
        self.result: Any = None
        self.error_code = ""

    def act(self) -> Any:
        """Call the action with ``cleaned_data``."""
        raise NotImplementedError

    def submit(self) -> bool:
        """Whether it is done: now, or before by another copy of this very submission (then ``result`` is None)."""
        if not self.is_valid():
            return False
        try:
            self.result = self.act_once()
        except DeskError as refusal:
            self.error_code = refusal.code
            self.refuse(refusal)
        return not self.error_code

    def act_once(self) -> Any:
        form_id = self.cleaned_data["form_id"]
        with transaction.atomic():
            return self.act() if is_first_submission(form_id, self.content, actor=self.actor) else None

    def refuse(self, refusal: DeskError) -> None:
        """Shown again, it can be sent again: as a new one, where this very one was sent before."""
        if isinstance(refusal, IdempotencyKeyReused):
            self.data = with_values(self.data, form_id=str(uuid.uuid4()))
        add_refusal(self, refusal)

    @property
    def http_status(self) -> int:
        """The HTTP status of a page that shows this form."""
        if not self.is_bound or (self.is_valid() and not self.error_code):
            return 200
        return 403 if self.error_code == "PERMISSION_DENIED" else 422


def content_of(form: forms.Form) -> str:
    """A hash of what was filled in and chosen, whatever copy of the form it was done on."""
    filled = [each for each in lists_of(form.data) if each[0] not in NO_CONTENT]
    files = [(name, [(each.name, each.size) for each in sent]) for name, sent in lists_of(form.files)]
    return hashlib.sha256(json.dumps([filled, files]).encode()).hexdigest()


def lists_of(sent: Any) -> list[tuple[str, list[Any]]]:
    return sorted(cast(MultiValueDict, sent).lists())


def with_values(sent: Any, **values: str) -> QueryDict:
    """What was sent, with some of it put otherwise: a copy, for the request's own can't be changed."""
    data = cast(QueryDict, sent).copy()
    for name, value in values.items():
        data[name] = value
    return data


def text_area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def longest(model: type[models.Model], field: str) -> int:
    """The length that the column takes."""
    column = model._meta.get_field(field)
    assert isinstance(column, models.Field) and column.max_length  # noqa: PT018
    return column.max_length
