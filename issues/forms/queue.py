"""What the agents' queue can be narrowed to, as a form above it: it shows, and ``issues.listing`` judges."""

from typing import Any

from django import forms
from django.http import QueryDict

from accounts.actor import Actor
from accounts.models import Employee
from issues.listing import MAX_QUERY
from issues.models import Team
from issues.queue import COLUMNS, COLUMNS_PARAMETER, NEWEST, shown_columns
from issues.workflow import IssueType, Priority, Status
from orders.models import Store

MOST_NAMES = 500
SORTED = (
    ("-created_at", "Newest"), ("created_at", "Oldest"), ("due_at", "Next deadline"), ("-due_at", "Last deadline"),
    ("-priority", "Most urgent"), ("priority", "Least urgent"), ("follow_up_date", "Next follow-up"),
    ("-follow_up_date", "Last follow-up"), ("-updated_at", "Changed last"), ("updated_at", "Untouched longest"),
)  # fmt: skip


class QueueForm(forms.Form):
    """Of each field several choices; those that are made stay ticked."""

    use_required_attribute = False

    q = forms.CharField(label="Search", max_length=MAX_QUERY, widget=forms.TextInput(attrs={"type": "search"}))
    ordering = forms.ChoiceField(label="Sort by", choices=SORTED)
    status = forms.MultipleChoiceField(choices=Status.choices)
    priority = forms.MultipleChoiceField(choices=Priority.choices)
    issue_type = forms.MultipleChoiceField(label="Type", choices=IssueType.choices)
    assigned_to = forms.MultipleChoiceField(label="Assignee")
    team = forms.MultipleChoiceField()
    store = forms.MultipleChoiceField()
    sla = forms.MultipleChoiceField(label="Time", choices=[("breached", "Breached"), ("due", "Due soon")])
    attention = forms.MultipleChoiceField(
        label="Waits for",
        choices=[("approval", "Approval"), ("follow_up", "Follow-up"), ("refund_failed", "Another try of a refund")],
    )
    tag = forms.CharField(widget=forms.TextInput(attrs={"placeholder": "Tags, by comma"}))
    columns = forms.MultipleChoiceField(choices=[(name, title) for name, (title, _) in COLUMNS.items()])

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        super().__init__(initial=_ticked(query), auto_id="queue-%s", label_suffix="")
        offered = {"assigned_to": people(), "team": teams(), "store": stores(actor)}
        for name, field in self.fields.items():
            if isinstance(field, forms.MultipleChoiceField):
                field.widget = forms.CheckboxSelectMultiple()
                field.choices = offered.get(name, field.choices)

    @property
    def menus(self) -> list[forms.BoundField]:
        """The fields of several choices."""
        return [self[name] for name, field in self.fields.items() if isinstance(field, forms.MultipleChoiceField)]


def _ticked(query: QueryDict) -> dict[str, Any]:
    ticked: dict[str, Any] = {name: ",".join(values).split(",") for name, values in query.lists()}
    columns = shown_columns(query.getlist(COLUMNS_PARAMETER), query.get("ordering", NEWEST))
    several = {COLUMNS_PARAMETER: columns}
    return ticked | several | {name: query[name] for name in ("q", "ordering", "tag") if name in query}


def people() -> list[tuple[str, str]]:
    employees = Employee.objects.filter(is_active=True).order_by("first_name", "username")[:MOST_NAMES]
    return [("me", "Me"), ("none", "Nobody"), *((each.employee_id, each.name) for each in employees)]


def teams() -> list[tuple[str, str]]:
    names = Team.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES]
    return [("mine", "Mine"), *((name, name) for name in names)]


def stores(actor: Actor) -> list[tuple[str, str]]:
    seen = Store.objects.order_by("pk")
    if actor.grants.stores is not None:
        seen = seen.filter(pk__in=actor.grants.stores)
    return [(each.pk, str(each)) for each in seen[:MOST_NAMES]]
