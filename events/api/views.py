"""The feed of all that happened, and the list of what can happen."""

import re

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import DeskView
from accounts.models import Scope
from common.api.cursor import DEFAULT_LIMIT, Page
from common.api.query import ensure_known_parameters, parameter_errors
from common.errors import ValidationFailed
from events import feed
from events.api.answers import feed_row, type_answer
from events.vocabulary import TYPES

POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)


class EventsView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request) -> Response:
        after, limit, names = read_query(request)
        reading = feed.read(after, limit, grants=self.actor.grants, names=names)
        return self.answer(
            {
                "results": [feed_row(event) for event in reading.events],
                "next": address_behind(request, reading.end),
                "cursor": str(reading.end),
                "has_more": reading.has_more,
            }
        )


class EventTypesView(DeskView):
    scopes = {"GET": Scope.ISSUES_READ}

    def get(self, request: Request) -> Response:
        ensure_known_parameters(request)
        return self.answer_page(Page(list(TYPES.values()), next=None, previous=None), type_answer)


def read_query(request: HttpRequest) -> tuple[int | None, int, list[str]]:
    """``after``, ``limit`` and ``type``. Raises ``ValidationFailed`` with all that is wrong."""
    errors = parameter_errors(request, ["after", "type"])
    if "cursor" in request.GET:
        errors["cursor"] = ["There is no such parameter; the feed goes on with after."]
    after = request.GET.get("after", "0")
    if not POSITION.fullmatch(after):
        errors["after"] = ["Take it from cursor or next of an earlier answer."]
    names = request.GET["type"].split(",") if "type" in request.GET else []
    if unknown := sorted(set(names) - TYPES.keys()):
        errors["type"] = [f"There is no event {', '.join(unknown)}; see /api/v1/events/types."]
    if errors:
        raise ValidationFailed(errors)
    return int(after) if "after" in request.GET else None, int(request.GET.get("limit", DEFAULT_LIMIT)), names


def address_behind(request: HttpRequest, place: int) -> str:
    query = request.GET.copy()
    query["after"] = str(place)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
