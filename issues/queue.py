"""The agents' queue: its ready-made views with their counts, and the columns that a list can have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import IntegerField, Subquery
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import Employee
from issues.listing import listed
from issues.models import SavedView
from issues.short_lists import FOLLOW_UPS, LATE, MINE, NOBODYS, UNRESOLVED, Kind

MOST = 1000
MOST_SAVED = 100

BY_DUE = {"ordering": "due_at"}
VIEWS: dict[str, Kind] = {
    "mine": replace(MINE, title="Mine"),
    "team": Kind(
        "My team's", "Your team has no open issue.", lambda: {"team": "mine", "status": UNRESOLVED, **BY_DUE}
    ),
    "unassigned": replace(NOBODYS, title="Unassigned"),
    "due": Kind("Due soon", "Nothing is due within the next hours.", lambda: {"sla": "due", **BY_DUE}),
    "breached": replace(LATE, title="Breached"),
    "follow_ups": replace(FOLLOW_UPS, title="Follow-ups due"),
    "approval": Kind("Waiting for approval", "Nothing waits for approval.", lambda: {"attention": "approval"}),
    "refund_failed": Kind("Refund failed", "Every refund is on its way.", lambda: {"attention": "refund_failed"}),
}  # fmt: skip

# What a column is called, and the ordering of ``issues.listing`` that comes first of it.
COLUMNS: dict[str, tuple[str, str]] = {
    "status": ("Status", ""),
    "priority": ("Priority", "-priority"),
    "due": ("Next deadline", "due_at"),
    "assignee": ("Assignee", ""),
    "team": ("Team", ""),
    "customer": ("Customer", ""),
    "order": ("Order", ""),
    "store": ("Store", ""),
    "tags": ("Tags", ""),
    "follow_up": ("Follow-up", "follow_up_date"),
    "created": ("Created", "-created_at"),
    "updated": ("Updated", "-updated_at"),
}
USUAL_COLUMNS = ("status", "priority", "due", "assignee", "customer", "order", "updated")
NEWEST = "-created_at"

COLUMNS_PARAMETER = "columns"


@dataclass(frozen=True)
class Tab:
    """``of``: who shares it, where that is somebody else."""

    title: str
    query: str
    is_open: bool
    count: str = ""
    empty: str = ""
    of: str = ""


class CountOf(Subquery):
    """How many rows a sliced query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


def tabs(asked_for: Mapping[str, list[str]], *, actor: Actor) -> list[Tab]:
    """The ready-made views; each count stops at ``MOST``, and all of them are one statement."""
    every = {name: kind.parameters() for name, kind in VIEWS.items()}
    counts = dict(zip(every, _counts(every.values(), actor), strict=True))
    asked = normal({name: values for name, values in asked_for.items() if name != COLUMNS_PARAMETER})
    return [
        Tab(kind.title, urlencode(every[name]), _is_same(every[name], asked), counts[name], kind.empty)
        for name, kind in VIEWS.items()
    ]


def saved_tabs(asked_for: Mapping[str, list[str]], *, actor: Actor) -> list[Tab]:
    """One's own views and those that others share."""
    views = SavedView.objects.seen_by(actor.person)[:MOST_SAVED]
    asked, mine = normal(asked_for), actor.person.pk
    return [
        Tab(view.name, view.query, view.query == asked, of="" if view.owner_id == mine else view.owner.name)
        for view in views
    ]


def queue_at(view: SavedView) -> str:
    return f"{reverse('admin:issues_issue_changelist')}?{view.query}"


def _counts(every: Iterable[Mapping[str, str]], actor: Actor) -> list[str]:
    found = (listed({name: [value] for name, value in parameters.items()}, actor)[0] for parameters in every)
    columns = [CountOf(issues.order_by().values("pk")[: MOST + 1]) for issues in found]
    (counts,) = Employee.objects.filter(pk=actor.person.pk).values_list(*columns)
    return [f"{MOST:,}+" if count > MOST else f"{count:,}" for count in counts]


def _is_same(parameters: Mapping[str, str], asked: str) -> bool:
    return normal({name: [value] for name, value in parameters.items()}) == asked


def normal(asked_for: Mapping[str, list[str]]) -> str:
    """The same question always in the same writing, without what goes without saying."""
    asked = {name: ",".join(filter(None, values)) for name, values in asked_for.items()}
    written = {name: value if name == "q" else ",".join(sorted({*value.split(",")})) for name, value in asked.items()}
    if COLUMNS_PARAMETER in written:
        ordering = written.get("ordering", NEWEST)
        columns = shown_columns(asked_for[COLUMNS_PARAMETER], ordering)
        written[COLUMNS_PARAMETER] = "" if columns == shown_columns((), ordering) else ",".join(columns)
    if written.get("ordering") == NEWEST:
        del written["ordering"]
    return urlencode(sorted((name, value) for name, value in written.items() if value))


def shown_columns(names: Iterable[str], ordering: str = NEWEST) -> list[str]:
    """Those that there are, in their usual order; without any, the usual ones."""
    wanted = {name for value in names for name in value.split(",")}
    return [name for name in COLUMNS if name in wanted] or _usual_columns(ordering)


def _usual_columns(ordering: str) -> list[str]:
    """What is sorted by is among them, in place of the last one; but for the order that goes without saying."""
    by = ordering.removeprefix("-")
    sorted_by = [name for name, (_, own) in COLUMNS.items() if own.removeprefix("-") == by and ordering != NEWEST]
    if {*sorted_by} <= {*USUAL_COLUMNS}:
        return list(USUAL_COLUMNS)
    return [name for name in COLUMNS if name in (*USUAL_COLUMNS[:-1], *sorted_by)]
