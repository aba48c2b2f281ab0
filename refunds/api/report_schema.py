"""What the API's schema says of the reports on refunds."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api.openapi import Amount, Operation
from refunds.api.reports import FORMATS
from refunds.reports import AGEING, RECOVERED, TOTALS, Kind
from refunds.reports.asked import DAYS_UNASKED, MOST_DAYS


class Figure(serializers.Serializer):
    """How many, and how much in the line's currency."""

    count = serializers.IntegerField()
    amount = Amount()


def _operation(name: str, summary: str, kind: Kind, key: str, *, description: str) -> Operation:
    return Operation(
        name,
        summary,
        {200: _report(kind, key)},
        query=(*_parameters(kind), OpenApiParameter("format", str, enum=list(FORMATS), description="csv: a file.")),
        description=f"{description} Always one line for each currency.",
        also_csv=True,
    )


def _parameters(kind: Kind) -> list[OpenApiParameter]:
    words = [OpenApiParameter(name, str, enum=list(known)) for name, known in kind.choices.items()]
    if not kind.dated:
        return words
    days = f"Days of UTC, at most {MOST_DAYS}; without them the last {DAYS_UNASKED}."
    first = OpenApiParameter("from", OpenApiTypes.DATE, description=f"The first day. {days}")
    return [first, OpenApiParameter("to", OpenApiTypes.DATE, description="The last day, counted too."), *words]


def _report(kind: Kind, key: str) -> type[serializers.Serializer]:
    title = kind.name.title()
    line = {
        "__doc__": "",
        key: serializers.CharField(),
        "name": serializers.CharField(allow_blank=True, help_text="Where the key is not for people."),
        "currency": serializers.CharField(),
        **{figure: Figure() for figure in kind.figures},
    }
    head = {name: serializers.ChoiceField(list(known)) for name, known in kind.choices.items()}
    days = {"from": serializers.DateField(), "to": serializers.DateField()} if kind.dated else {}
    lines = type(f"{title}Line", (serializers.Serializer,), line)(many=True)
    return type(f"{title}Report", (serializers.Serializer,), {"__doc__": "", **days, **head, "results": lines})


OPERATIONS = {
    "GET /reports/refunds": _operation(
        "report_refunds",
        "What was asked for, paid, failed, came back and was open, by group",
        TOTALS,
        "group",
        description="Each figure counts by its own moment: requested when it was asked for; paid, failed and returned "
        "whenever it came to that, so that a refund that is tried again can fail twice; open is what had not ended "
        "when the last day did. A past figure does not change.",
    ),
    "GET /reports/refunds/ageing": _operation(
        "report_refunds_ageing",
        "What waits now, by its age, and what of it is overdue",
        AGEING,
        "status",
        description="The age counts from the request. Overdue is what is past its expected_by, of any age.",
    ),
    "GET /reports/refunds/recovered": _operation(
        "report_refunds_recovered",
        "What was claimed from insurers, accepted by them, and paid",
        RECOVERED,
        "period",
        description="By the first day of each month, week or day; each figure by its own moment.",
    ),
}
