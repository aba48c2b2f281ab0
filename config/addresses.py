"""Addresses that can't be of anything are refused before a view asks the database about them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse

from common.addresses import holds_nul
from config.errors import is_api


class SoundAddresses:
    """NUL outside of the API, which has its own order of refusals; and ids in the admin that no row of a model has.

    Of lists, pages that are not there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Mapping[str, Any]) -> None:
        if holds_nul(request) and not is_api(request):
            raise BadRequest("The address may not hold NUL.")
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME) if hasattr(view, "model_admin") else []
        named = [kwargs["object_id"]] if "object_id" in kwargs else []
        if not all(_may_be_there(view, each) for each in [*named, *chosen]):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, InvalidPage):
            raise Http404


def _may_be_there(view: Any, object_id: str) -> bool:
    """The admin's views name its admin; the one that does not leads to where a row is shown elsewhere: nowhere."""
    if not hasattr(view, "model_admin"):
        return False
    try:
        view.model_admin.opts.pk.to_python(object_id)
    except ValidationError:
        return False
    return "\x00" not in unquote(object_id)
