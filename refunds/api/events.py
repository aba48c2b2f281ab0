"""What providers tell of their own accord. They have no key: each call proves by its signature whose it is."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from common.api.body import KIB, read_body
from common.api.errors import MalformedRequest, NotAuthenticated, PayloadTooLarge
from common.api.parsers import JsonParser
from common.api.renderers import JsonRenderer
from refunds.actions.receive_event import receive_event
from refunds.providers.base import EventMalformed, EventRejected


class ProviderEventsView(APIView):
    """Public, and refuses everybody but ``provider``. ``scopes`` is empty: no key opens it."""

    provider = ""
    scopes: dict[str, str] = {}
    body_limit = 256 * KIB

    authentication_classes: list = []
    permission_classes: list = []
    throttle_classes: list = []
    parser_classes = [JsonParser]
    renderer_classes = [JsonRenderer]

    def post(self, request: Request) -> Response:
        raw = read_body(request._request, self.body_limit)
        if raw is None:
            raise PayloadTooLarge
        take_in(self.provider, raw, request)
        return Response({"success": True, "message": "Thank you."})


def take_in(provider: str, raw: bytes, request: Request) -> None:
    try:
        receive_event(provider, raw, request.headers, actor=Actor.system("provider-events"))
    except EventMalformed as error:
        raise MalformedRequest("The signature is right, but this is no event.") from error
    except EventRejected as error:
        raise NotAuthenticated("The signature of the event is missing, wrong or too old.") from error
