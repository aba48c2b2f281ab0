"""The list of issues: what it can be narrowed to, and in which orders it comes. For the API and the web pages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from django.db.models import Case, DateTimeField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from accounts.actor import Actor
from common import clock
from common.errors import ValidationFailed
from issues import sla
from issues.models import Approval, Issue, IssueTag
from issues.models.issue import DUE_OR_LAST, FAR_AWAY, follow_up_due
from issues.models.tag import normalised
from issues.search import matching
from issues.workflow import IssueType, Priority, Status
from refunds.models import Refund

MAX_QUERY = 200


class Unfit(ValueError):
    """Says why a value of a filter can't be used."""


Filter = Callable[[list[str], Actor], Q]


def listed(parameters: Mapping[str, list[str]], actor: Actor) -> tuple[QuerySet[Issue], tuple[str, str]]:
    """The issues that ``actor`` sees and ``parameters`` (name to values) ask for, and the columns they are ordered by.

    Raises ``ValidationFailed`` with every parameter that is unknown or unfit.
    """
    issues: QuerySet[Issue] = Issue.objects.visible_to(actor.grants).in_full()
    errors: dict[str, list[str]] = {}
    ordering = NEWEST_FIRST
    for name, values in parameters.items():
        try:
            if name == "ordering":
                issues, ordering = _ordered(issues, *values)
            else:
                issues = issues.filter(_filter(name)(_split(name, values), actor))
        except Unfit as error:
            errors[name] = [str(error)]
    if errors:
        raise ValidationFailed(errors)
    return issues.order_by(*ordering), ordering


def _filter(name: str) -> Filter:
    if name not in FILTERS:
        raise Unfit("There is no such parameter.")
    return FILTERS[name]


def _split(name: str, values: Iterable[str]) -> list[str]:
    """Several values stand behind each other, with commas; a search is one value, commas and all."""
    joined = ",".join(values)
    if "\x00" in joined:
        raise Unfit("This is no text.")
    return [joined] if name == "q" else [value.strip() for value in joined.split(",")]


def _one_of(field: str, choices: Iterable[str]) -> Filter:
    known = list(choices)

    def narrow(values: list[str], actor: Actor) -> Q:
        if unknown := [value for value in values if value not in known]:
            raise Unfit(f"{', '.join(unknown) or 'An empty value'}: not one of {', '.join(known)}.")
        return Q(**{f"{field}__in": values})

    return narrow


def _named(field: str) -> Filter:
    """By a name of ours or the shop's; one that nobody bears finds nothing."""
    return lambda values, actor: Q(**{f"{field}__in": values})


def _team(values: list[str], actor: Actor) -> Q:
    """By name, or ``mine``. Whoever is in no team has no issues of theirs."""
    found = Q(assigned_team__name__in=set(values) - {"mine"})
    if "mine" in values:
        team = actor.employee and actor.employee.team_id
        mine = Q(assigned_team=team) if team else Q(pk__in=[])
        return mine if len(set(values)) == 1 else found | mine
    return found


def _moment(lookup: str) -> Filter:
    def narrow(values: list[str], actor: Actor) -> Q:
        if len(values) > 1:
            raise Unfit("Give one date-time.")
        return Q(**{lookup: moment_of(values[0])})

    return narrow


def moment_of(text: str) -> datetime:
    """Raises ``Unfit``."""
    if moment := clock.moment_in(text):
        return moment
    raise Unfit("Give an ISO 8601 date-time with an offset, like 2026-01-31T09:00:00Z.")


def _assigned_to(values: list[str], actor: Actor) -> Q:
    found = Q(assigned_to__employee_id__in=set(values) - {"none", "me"})
    if "none" in values:
        found |= Q(assigned_to=None)
    if "me" in values:
        if actor.employee is None:
            raise Unfit("An integration has no issues of its own.")
        found |= Q(assigned_to=actor.employee)
    return found


def _follow_up_before(values: list[str], actor: Actor) -> Q:
    return Q(follow_up_required=True) & _moment("follow_up_date__lt")(values, actor)


def _sla(values: list[str], actor: Actor) -> Q:
    """``due``: not breached, and within the hours of the setting. What is resolved or closed is neither."""
    now = clock.now()
    states = {
        "breached": Q(LessThan(DUE_OR_LAST, now)),
        "due": Q(GreaterThanOrEqual(DUE_OR_LAST, now)) & Q(LessThanOrEqual(DUE_OR_LAST, sla.soon(now))),
    }
    _one_of("", states)(values, actor)
    found = Q()
    for value in values:
        found |= states[value]
    return found & ~Q(status__in=[Status.RESOLVED, Status.CLOSED])


def _tag(values: list[str], actor: Actor) -> Q:
    """With one of them; however it is written."""
    return Q(pk__in=IssueTag.objects.on().filter(name__in=map(normalised, values)).values("issue"))


def _attention(values: list[str], actor: Actor) -> Q:
    """What waits for a decision, was to be followed up by now, or has a refund that did not arrive."""
    causes = {
        "approval": Q(pk__in=Approval.objects.pending().values("issue")),
        "follow_up": follow_up_due(clock.now()),
        "refund_failed": Q(pk__in=Refund.objects.not_arrived().values("issue")),
    }
    _one_of("", causes)(values, actor)
    found = Q()
    for value in values:
        found |= causes[value]
    return found


def _text(values: list[str], actor: Actor) -> Q:
    (query,) = values
    if not query.strip() or len(query) > MAX_QUERY:
        raise Unfit(f"Give 1 to {MAX_QUERY} characters to look for.")
    return matching(query)


FILTERS: dict[str, Filter] = {
    "status": _one_of("status", Status.values),
    "priority": _one_of("priority", Priority.values),
    "issue_type": _one_of("issue_type", IssueType.values),
    "assigned_to": _assigned_to,
    "team": _team,
    "store": _named("order__store"),
    "tag": _tag,
    "created_after": _moment("created_at__gte"),
    "created_before": _moment("created_at__lt"),
    "updated_after": _moment("updated_at__gte"),
    "updated_before": _moment("updated_at__lt"),
    "follow_up_before": _follow_up_before,
    "sla": _sla,
    "attention": _attention,
    "q": _text,
}

NEWEST_FIRST = ("-created_at", "-id")

_RANK = Case(*(When(priority=priority, then=Value(priority.rank)) for priority in Priority))

# The column of each ordering. Where it may be empty, that comes last in either direction.
ORDERINGS: dict[str, str] = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "priority": "rank",
    "due_at": "due_or_last",
    "follow_up_date": "follow_up_or_last",
}


def _ordered(issues: QuerySet[Issue], *names: str) -> tuple[QuerySet[Issue], tuple[str, str]]:
    name = names[-1]
    column, sign = ORDERINGS.get(name.removeprefix("-")), "-" if name.startswith("-") else ""
    if column is None:
        raise Unfit(f"{name}: not one of {', '.join(ORDERINGS)}, with - before it for descending.")
    last = Value(datetime(1900, 1, 1, tzinfo=UTC), output_field=DateTimeField()) if sign else FAR_AWAY
    computed = {
        "rank": _RANK,
        "due_or_last": Coalesce("due_at", last),
        "follow_up_or_last": Coalesce("follow_up_date", last),
    }
    if column in computed:
        issues = issues.annotate(**{column: computed[column]})
    return issues, (f"{sign}{column}", f"{sign}id")
