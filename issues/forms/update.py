"""Everything that an employee can change about an issue, as one form."""

from dataclasses import replace
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Employee
from common.api.errors import IdempotencyKeyReused
from common.errors import DeskError
from common.forms import MomentField
from common.money import DECIMAL_PLACES, MAX_DIGITS
from issues import history
from issues.actions.update import update_issue
from issues.actions.updated import Updated
from issues.errors import StaleIssue
from issues.forms.base import ActionForm, longest, text_area
from issues.forms.standoff import Side, standoff
from issues.models import Issue, Note
from issues.workflow import Priority, Status
from refunds.errors import PossibleDuplicateRefund
from refunds.models import Source

AS_TYPED = "%Y-%m-%dT%H:%M"
SATISFACTION = {"": None, "True": True, "False": False}


class HolderField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj) if obj.is_active else f"{obj} (has left)"


class UpdateForm(ActionForm):
    """``changes`` holds what the employee altered of what they saw, and nothing else.

    Its fields stand in several places of the page, so they name the form by ``html_id``. A field that was not sent is
    as it was seen; the button of a move sends ``move``, which speaks for the status.
    """

    html_id = "update-form"

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    notes = forms.CharField(
        label="Note",
        max_length=longest(Note, "body"),
        required=False,
        widget=text_area(4, placeholder="What you found out or did. Only the team reads it."),
        help_text="Needed to resolve or close the issue and to raise its priority.",
    )
    status = forms.ChoiceField(choices=Status.choices)
    priority = forms.ChoiceField(choices=Priority.choices)
    assigned_to = HolderField(
        Employee.objects.none(), to_field_name="employee_id", required=False, empty_label="Nobody"
    )
    follow_up_required = forms.BooleanField(label="Follow up", required=False)
    follow_up_date = MomentField(
        label="Follow up on (UTC)",
        required=False,
        input_formats=[AS_TYPED, f"{AS_TYPED}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=AS_TYPED),
    )
    resolution_description = forms.CharField(
        label="How it was resolved",
        max_length=longest(Issue, "resolution_description"),
        required=False,
        widget=text_area(3),
    )
    customer_satisfied = forms.TypedChoiceField(
        choices=[("", "Not known"), ("True", "Yes"), ("False", "No")],
        coerce=lambda word: SATISFACTION[str(word)],
        empty_value=None,
        required=False,
    )
    refund_amount = forms.DecimalField(
        max_digits=MAX_DIGITS,
        decimal_places=DECIMAL_PLACES,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    refund_source = forms.ChoiceField(
        label="Refund from", choices=[("", "Choose who pays"), *Source.choices], required=False
    )
    refund_is_meant = forms.BooleanField(label="Yes, this is another refund", required=False)

    changeable = (
        "notes", "status", "priority", "assigned_to", "follow_up_required", "follow_up_date",
        "resolution_description", "customer_satisfied", "refund_amount", "refund_source",
    )  # fmt: skip

    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        self.standoff: list[Side] = []  # after a stale save: what stands against what
        self.initial = {**self.initial, **seen_values(issue, self.data.get("version"))}
        self.assignees.queryset = who_may_hold(issue, self.initial["assigned_to"])
        self.fields["refund_amount"].label = f"Refund ({issue.order.currency})"
        for field in self.fields.values():
            field.widget.attrs["form"] = self.html_id
        if self.is_bound:
            self.data = completed(self)

    @property
    def assignees(self) -> forms.ModelChoiceField:
        return cast(forms.ModelChoiceField, self.fields["assigned_to"])

    @property
    def changes(self) -> dict[str, Any]:
        altered = [name for name in self.changeable if name in self.changed_data]
        changes = {name: self.cleaned_data[name] for name in altered}
        return {name: value for name, value in changes.items() if value != "" or name == "resolution_description"}

    @property
    def is_repeated_refund(self) -> bool:
        return self.error_code == PossibleDuplicateRefund.code or "refund_is_meant" in self.data

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.changes:
            raise forms.ValidationError("You have not changed anything yet.")
        return self.cleaned_data

    def act(self) -> Updated:
        given, actor = self.cleaned_data, self.actor
        if given["refund_is_meant"]:
            actor = replace(actor, idempotency_key=f"form:{given['form_id']}")
        return update_issue(
            self.issue.order_id, self.issue.pk, self.changes, actor=actor, expected_version=given["version"]
        )

    def refuse(self, refusal: DeskError) -> None:
        if isinstance(refusal, StaleIssue | IdempotencyKeyReused):
            typed, seen = self.cleaned_data, self.initial
            self.data = rebased(self)
            self.standoff = standoff(seen, seen_values(self.issue, None), typed)
        super().refuse(refusal)


def who_may_hold(issue: Issue, seen: Employee | None) -> QuerySet[Employee]:
    """Whoever is active; and who has left, as long as they have it: else to leave it with them would be to take it."""
    holders = [issue.assigned_to_id, seen.pk if seen else None]
    choices = Employee.objects.filter(Q(is_active=True) | Q(pk__in=[pk for pk in holders if pk]))
    return choices.order_by("first_name", "username")


def seen_values(issue: Issue, version: str | None) -> dict[str, Any]:
    """The values that the page showed: the present ones, or for an earlier ``version`` those of its audit row."""
    row: Any = issue
    if version and version.isdecimal() and len(version) < 10 and int(version) != issue.version:
        row = history.rows_of(issue.pk).filter(version=int(version)).last() or issue
    date = row.follow_up_date
    return {
        "version": issue.version,
        "status": row.status,
        "priority": row.priority,
        "assigned_to": row.assigned_to,
        "follow_up_required": row.follow_up_required,
        "follow_up_date": date and date.replace(second=0, microsecond=0),
        "resolution_description": row.resolution_description,
        "customer_satisfied": row.customer_satisfied,
    }


def completed(form: UpdateForm) -> QueryDict:
    """What was sent, and beside it what was not: as it was seen. An unticked box is told by its neighbour."""
    data = cast(QueryDict, form.data).copy()
    if move := data.get("move"):
        data["status"] = str(move)
    absent = {*form.changeable} - {*data}
    if "follow_up_date" in data:
        absent -= {"follow_up_required"}
    return _as_shown(form, data, absent)


def rebased(form: UpdateForm) -> QueryDict:
    """What was sent, put upon the issue as it is now: only what the employee altered still differs from it."""
    fresh = UpdateForm(Issue.objects.in_full().get(pk=form.issue.pk), actor=form.actor)
    data = _as_shown(fresh, cast(QueryDict, form.data).copy(), {"version", *form.changeable} - {*form.changed_data})
    data["version"] = str(fresh.issue.version)
    form.issue = fresh.issue
    return data


def _as_shown(form: UpdateForm, data: QueryDict, names: set[str]) -> QueryDict:
    """``data`` with the fields called ``names`` as an unbound ``form`` would show them."""
    for name in names:
        data[name] = _sent_as(form.fields[name], form.get_initial_for_field(form.fields[name], name))
    return data


def _sent_as(field: forms.Field, value: Any) -> str:
    """What a browser sends for ``value``; of a box that is not ticked, the empty word."""
    if isinstance(field.widget, forms.CheckboxInput):
        return "on" if value else ""
    shown = field.widget.format_value(field.prepare_value(value))
    return str(shown[0] if isinstance(shown, list) else shown or "")
