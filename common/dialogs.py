"""The dialogs of the admin: what one asks for is carried out, or refused beside what was typed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.dataclasses import ActionDialog
from unfold.decorators import action
from unfold.forms import BaseDialogForm

from common.errors import DeskError
from common.forms import show_errors


class DialogForm(BaseDialogForm):
    """By itself it asks only whether it is meant. Above its fields it says what is wrong with none of them."""

    form_before_template = "admin/refusals.html"

    def get_before_template_context(self, request: HttpRequest, object_id: Any = None) -> dict[str, Any]:
        return {"refusals": self.non_field_errors()}


def dialog_action(dialog: ActionDialog, **options: Any) -> Callable[[Callable[..., HttpResponse]], Any]:
    """Unfold's ``action`` with a ``dialog``, which is shown again where the deed raises a ``DeskError``."""
    asking: ActionDialog = {"form_class": DialogForm, **dialog}  # type: ignore[typeddict-item]

    def decorate(deed: Callable[..., HttpResponse]) -> Any:
        @wraps(deed)
        def carried_out(admin: Any, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
            try:
                return deed(admin, request, form, object_id)
            except DeskError as refusal:
                show_errors(form, refusal.by_field)
            context = {"dialog": asking, "form": form, "form_submit_text": asking.get("form_submit_text", "")}
            return render(request, "unfold/helpers/dialog.html", context)

        return action(dialog=asking, **options)(carried_out)

    return decorate


def done(request: HttpRequest, words: str, page: str) -> HttpResponse:
    """Say so on ``page``, to which the dialog's script goes, and a browser without script."""
    messages.success(request, words)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": page})
    return HttpResponse(status=303, headers={"Location": page})
