"""The one base of all API views: it knows the caller, keeps the order of refusals, and answers in one form."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.api.acting import acting_employee, ensure_scope
from accounts.authentication import BrowserAuthentication, KeyAuthentication
from accounts.idempotency import answer_once, idempotency_key
from accounts.models import ApiKey, Employee
from common.addresses import holds_nul
from common.api.body import KIB, has_body, read_body
from common.api.cursor import Page
from common.api.errors import (
    MalformedRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotAuthenticated,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from common.api.headers import accepts, is_plain_json
from common.api.parsers import JsonParser, parse_object
from common.api.rate_limit import ensure_within_rate
from common.api.renderers import JsonRenderer
from common.api.serializers import StrictSerializer
from common.errors import ValidationFailed

WITH_BODY = ("POST", "PUT", "PATCH")


class DeskView(APIView):
    """A view says which scope each method needs, and which field of the body names the acting employee.

    The refusals come in this order: 401, 429, an answer already given to the same Idempotency-Key, 405, 413, 406
    and 415, a malformed body, the scope and the acting employee, and then the view's own: 404, 400, the rest.
    """

    scopes: Mapping[str, str] = {}
    acting_field: str | None = None
    body_limit = 256 * KIB
    media_type = JsonRenderer.media_type  # of an answer that is no error

    authentication_classes = [KeyAuthentication, BrowserAuthentication]
    permission_classes: list = []
    throttle_classes: list = []
    parser_classes = [JsonParser]
    renderer_classes = [JsonRenderer]

    actor: Actor  # whoever acts: the named employee, or else the caller
    body: dict[str, Any]

    # For the views

    def scopes_of_body(self, body: Mapping[str, Any]) -> list[str]:
        """Further scopes that this body needs."""
        return []

    def read(self, serializer: type[StrictSerializer], *, found: Callable[[], Any] | None = None) -> dict[str, Any]:
        """The body's typed values in the request's order, without the acting field.

        Raises ``ValidationFailed`` with all that is wrong; but first calls ``found``, whose 404 comes before a 400.
        """
        given = {name: value for name, value in self.body.items() if name != self.acting_field}
        values, errors = serializer.clean(given)
        if self._acting_errors or errors:
            if found is not None:
                found()
            raise ValidationFailed({**self._acting_errors, **errors, **serializer.told_beside_others(values)})
        return values

    def answer(self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        return Response(body, status=status, headers=headers)

    def answer_page(self, page: Page, row: Callable[[Any], Any]) -> Response:
        return Response({"results": [row(found) for found in page.rows], "next": page.next, "previous": page.previous})

    # The order of things

    def dispatch(self, request, *args, **kwargs):
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.caller = self.actor = self._authenticated()
            ensure_within_rate(_bucket_of(self.caller))
            self._raw_body = read_body(request, self.body_limit) if request.method in WITH_BODY else b""
            return answer_once(self.request, self.caller, self._raw_body, work=self._work, refuse=self._refuse)
        except Exception as error:
            return self._refuse(error)

    def _authenticated(self) -> Actor:
        self.perform_authentication(self.request)
        if self.request.successful_authenticator is None:
            raise NotAuthenticated
        return Actor(
            employee=cast(Employee | None, self.request.user),
            via="api",
            request_id=getattr(self.request, "id", ""),
            key=cast(ApiKey | None, self.request.auth),
            idempotency_key=idempotency_key(self.request),
        )

    def _work(self) -> Response:
        handler = self._handler()
        self._check_form()
        self._check_caller()
        response = handler(self.request, *self.args, **self.kwargs)
        return self.finalize_response(self.request, response)

    def _refuse(self, error: Exception) -> Response:
        return self.finalize_response(self.request, self.handle_exception(error))

    def _handler(self) -> Callable[..., Response]:
        method = _scope_method(self.request.method)
        if method not in self.scopes:
            raise MethodNotAllowed(headers={"Allow": ", ".join(self.allowed_methods)})
        return getattr(self, method.lower())

    def _check_form(self) -> None:
        if self._raw_body is None:
            raise PayloadTooLarge(f"The body may have at most {self.body_limit // KIB} KiB.")
        if not accepts(self.request._request, self.media_type):
            raise NotAcceptable
        if holds_nul(self.request._request):
            raise MalformedRequest("The address may not hold NUL.")
        if self.request.method not in WITH_BODY:
            self.body = {}
            return
        if has_body(self.request._request) and not is_plain_json(self.request._request):
            raise UnsupportedMediaType
        self.body = parse_object(self._raw_body)

    def _check_caller(self) -> None:
        """Scopes, then whom the caller acts for. That there is nobody of that name is for ``read`` to tell."""
        self._acting_errors: dict[str, list[str]] = {}
        for scope in (self.scopes[_scope_method(self.request.method)], *self.scopes_of_body(self.body)):
            ensure_scope(self.caller, scope)
        if self.acting_field is None or self.request.method not in WITH_BODY:
            return
        try:
            employee = acting_employee(self.caller, self.acting_field, self.body.get(self.acting_field))
        except ValidationFailed as nobody:
            self._acting_errors = nobody.errors
            return
        if employee is not self.caller.employee:
            self.actor = replace(self.caller, employee=employee)

    # Of the framework

    @property
    def allowed_methods(self) -> list[str]:
        return [*self.scopes, *(["HEAD"] if "GET" in self.scopes else [])]

    def finalize_response(self, request: Request, response: Response, *args, **kwargs) -> Response:
        response.accepted_renderer = JsonRenderer()
        response.accepted_media_type = JsonRenderer.media_type
        response.renderer_context = {}  # type: ignore[attr-defined]
        response["Cache-Control"] = "no-store"
        return response


def _scope_method(method: str | None) -> str:
    return "GET" if method == "HEAD" else str(method)


def _bucket_of(caller: Actor) -> str:
    return f"key:{caller.key.pk}" if caller.key else caller.caller
