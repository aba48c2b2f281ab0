"""What the insurer tells of its own accord (docs/insurer.md)."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from common.api.body import read_body
from common.api.errors import MalformedRequest, NotAuthenticated, PayloadTooLarge
from refunds.actions.claim_hear import hear_insurer
from refunds.api.events import ProviderEventsView
from refunds.providers.base import EventMalformed, EventRejected


class InsurerEventsView(ProviderEventsView):
    def post(self, request: Request) -> Response:
        raw = read_body(request._request, self.body_limit)
        if raw is None:
            raise PayloadTooLarge
        take_in(raw, request)
        return Response({"success": True, "message": "Thank you."})


def take_in(raw: bytes, request: Request) -> None:
    try:
        hear_insurer(raw, request.headers, actor=Actor.system("insurer-events"))
    except EventMalformed as error:
        raise MalformedRequest("The signature is right, but this is no event.") from error
    except EventRejected as error:
        raise NotAuthenticated("The signature of the event is missing, wrong or too old.") from error
