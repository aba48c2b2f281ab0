"""What Django itself refuses or breaks on, in the API's form under ``/api``, as a page elsewhere."""

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from common.api.errors import STATUS, MalformedRequest, ServiceUnavailable, as_desk_error, envelope
from common.api.renderers import to_json
from common.errors import DeskError, NotFound, PermissionDenied


def _handler(error: type[DeskError], page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return _in_json(request, error()) if is_api(request) else page(request, *args, **kwargs)

    return answer


bad_request = _handler(MalformedRequest, defaults.bad_request)
permission_denied = _handler(PermissionDenied, defaults.permission_denied)
page_not_found = _handler(NotFound, defaults.page_not_found)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception, which may be a database that is away."""
    error = as_desk_error(sys.exc_info()[1] or Exception())
    if is_api(request):
        return _in_json(request, error)
    page = defaults.server_error(request, "503.html" if isinstance(error, ServiceUnavailable) else "500.html")
    page.status_code = STATUS[error.code]
    for name, value in getattr(error, "headers", {}).items():
        page[name] = value
    return page


def is_api(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith("/api/")


def _in_json(request: HttpRequest, error: DeskError) -> HttpResponse:
    body = to_json(envelope(error, getattr(request, "id", "")))
    headers = {"Cache-Control": "no-store", **getattr(error, "headers", {})}
    return HttpResponse(body, status=STATUS[error.code], content_type="application/json", headers=headers)
