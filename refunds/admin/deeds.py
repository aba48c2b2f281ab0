"""How the admin carries out what a dialog asks for: by an action, whose refusal is a message."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from common.errors import DeskError, ValidationFailed


def carry_out(request: HttpRequest, deed: Callable[[], Any], *, done: str, page: str) -> HttpResponse:
    """Call ``deed``, say what came of it, and show ``page``."""
    try:
        deed()
    except DeskError as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, done)
    return HttpResponse(headers={"HX-Redirect": page})


def in_words(refusal: DeskError) -> str:
    """What is wrong with each field, where that is the refusal."""
    if not isinstance(refusal, ValidationFailed):
        return refusal.message
    return " ".join(message for messages_ in refusal.errors.values() for message in messages_)
