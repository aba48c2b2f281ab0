"""What the API's schema says of the figures."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api.openapi import Amount, Operation, Word, moment, several_of
from issues.metrics.export import CSV, TABLES
from issues.metrics.question import DEFAULT_DAYS, GROUPS
from issues.patterns.question import NUMBERS
from issues.workflow import IssueType, Priority, Status
from refunds.models import Source


class PercentileSeconds(serializers.Serializer):
    median = serializers.IntegerField(allow_null=True)
    p90 = serializers.IntegerField(allow_null=True)


class TimeSpread(serializers.Serializer):
    n = serializers.IntegerField(help_text="How many were measured.")
    is_small = serializers.BooleanField(help_text="Too few to say much.")
    clock = PercentileSeconds(help_text="Seconds by the clock.")
    business = PercentileSeconds(help_text="Seconds of business hours.")


class Rate(serializers.Serializer):
    n = serializers.IntegerField(help_text="Of how many.")
    is_small = serializers.BooleanField()
    rate = serializers.FloatField(allow_null=True)


class Counts(serializers.Serializer):
    created = serializers.IntegerField()
    resolved = serializers.IntegerField()
    taken_back = serializers.IntegerField(help_text="Resolved, and then worked on again.")
    closed = serializers.IntegerField()
    reopened = serializers.IntegerField()
    backlog = serializers.IntegerField(help_text="Unresolved at the end.")


class Summary(Counts):
    first_response = TimeSpread()
    first_resolution = TimeSpread()
    final_resolution = TimeSpread(help_text="Of the issues closed: until the resolution that the closing confirmed.")
    reopen_rate = Rate(help_text="Reopenings for each closing.")
    satisfaction = Rate(help_text="The satisfied of those who answered.")


class FiguresOfDay(Counts):
    day = serializers.DateField()


class StatusTime(TimeSpread):
    status = Word(Status.choices)


class RefundTotal(serializers.Serializer):
    source = Word(Source.choices)  # type: ignore[assignment]
    issue_type = Word(IssueType.choices, help_text="Of the issue: the reason.")
    currency = serializers.CharField()
    n = serializers.IntegerField()
    amount = Amount()
    returned_n = serializers.IntegerField()
    returned_amount = Amount()


class FiguresOfGroup(Summary):
    group = serializers.CharField(allow_null=True, help_text="null: without a team.")


Resolution: type[serializers.Serializer] = type(
    "Resolution",
    (Summary,),
    {
        "__doc__": "",
        "from": serializers.DateField(),
        "to": serializers.DateField(),
        "complete_until": serializers.DateTimeField(help_text="What happened since may not be counted yet."),
        "days": FiguresOfDay(many=True),
        "statuses": StatusTime(many=True),
        "refunds": RefundTotal(many=True),
        "group_by": Word(list(GROUPS), allow_null=True),
        "groups": FiguresOfGroup(many=True),
    },
)


class PatternDimensions(serializers.Serializer):
    store = serializers.CharField(allow_null=True)
    issue_type = Word(IssueType.choices, allow_null=True)
    sku = serializers.CharField(allow_null=True)
    partner = serializers.CharField(allow_null=True)
    customer = serializers.CharField(allow_null=True)


class Pattern(serializers.Serializer):
    dimensions = PatternDimensions(help_text="What the issues have in common; null: left open.")
    count = serializers.IntegerField(help_text="In the window.")
    expected = serializers.FloatField(help_text="The mean of the same hours in the weeks before.")
    probability = serializers.FloatField(help_text="Of so many or more, if nothing has changed.")
    corrected = serializers.FloatField(help_text="The share of chance in all that is at least as surprising.")
    is_new = serializers.BooleanField(help_text="Not found a day before.")
    problem = serializers.UUIDField(allow_null=True, help_text="The open problem that it is already.")
    issues = serializers.ListField(child=serializers.UUIDField())


class Patterns(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    weeks = serializers.IntegerField(help_text="How many weeks of past there were; 0: nothing can be found.")
    tested = serializers.IntegerField(help_text="How many groups were looked at.")
    patterns = Pattern(many=True)


WHICH = (
    OpenApiParameter("from", OpenApiTypes.DATE, description=f"The first day; {DEFAULT_DAYS} days before the last."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="The last day; today."),
    OpenApiParameter("store", str, description="Ids of stores, several by comma."),
    several_of("issue_type", IssueType.values),
    OpenApiParameter("team", str, description="Names of teams, several by comma; none: without a team."),
    several_of("priority", Priority.values),
    OpenApiParameter("group_by", str, enum=list(GROUPS)),
)


def _number(name: str, text: str) -> OpenApiParameter:
    least, most, default = NUMBERS[name]
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return OpenApiParameter(name, schema, description=text)


WINDOW = (
    moment("until", "The end of the window; now."),
    _number("hours", "How long the window is."),
    _number("weeks", "How many weeks before it is held against."),
    _number("at_least", "The smallest volume of a pattern."),
    _number("false_alarms", "Of what is found, at most so many percent may be chance."),
)

OPERATIONS = {
    "GET /metrics/patterns": Operation(
        "get_patterns",
        "What recurs more often than the same weekday and hour led one to expect",
        {200: Patterns},
        query=WINDOW,
        description="By store, type, item, partner and customer, and by two of them together; most surprising first.",
    ),
    "GET /metrics/patterns.csv": Operation(
        "get_patterns_csv", "The same patterns", {200: serializers.Serializer}, query=WINDOW, media_type=CSV
    ),
    "GET /metrics/resolution": Operation(
        "get_resolution_metrics",
        "What came, what was resolved, how long it took, and what it cost",
        {200: Resolution},
        query=WHICH,
        description="Each figure counts what happened on its days, so that nothing later changes it.",
    ),
    "GET /metrics/resolution.csv": Operation(
        "get_resolution_metrics_csv",
        "One table of the same figures",
        {200: serializers.Serializer},
        query=(*WHICH, OpenApiParameter("table", str, enum=list(TABLES), default=TABLES[0])),
        media_type=CSV,
    ),
}
