"""Changes to several issues at once: first what they would come to, then the deed, then what was done."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import Employee
from common.display import NOTHING, in_words
from issues.actions.bulk import MOST, Chosen, Outcome, bulk_update, preview_bulk
from issues.actions.updated import Updated
from issues.errors import StaleIssue
from issues.forms.base import ActionForm, longest, text_area
from issues.forms.errors import words_of
from issues.forms.queue import people
from issues.models import Issue, Note
from issues.workflow import Priority, Status

ROW = re.compile(r"(?P<id>[0-9a-f-]{36})(:(?P<version>[0-9]{1,9}))?")
STALE = "Somebody changed it since you looked. Open it, or choose it again with its new state."
LEFT = "Leave as it is"


@dataclass(frozen=True)
class Line:
    """One issue as it was before, and in words what happens to it or why it does not."""

    issue: Issue
    changes: Sequence[str] = ()
    refused: str = ""


class RowsField(forms.Field):
    """The chosen issues: each an id, and behind a colon the version that was looked at."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> dict[UUID, int | None]:
        rows = [ROW.fullmatch(text) for text in value or []]
        if not 1 <= len(rows) <= MOST:
            raise forms.ValidationError(f"Choose 1 to {MOST} issues at a time.")
        try:
            return dict(_row(match) for match in rows)
        except ValueError as error:
            raise forms.ValidationError("Choose the issues in the list again.") from error


def _row(match: re.Match[str] | None) -> tuple[UUID, int | None]:
    if match is None:
        raise ValueError("no row of ours")
    return UUID(match["id"]), int(match["version"]) if match["version"] else None


class BulkForm(ActionForm):
    row = RowsField()
    back = forms.CharField(required=False, widget=forms.HiddenInput)
    assigned_to = forms.ChoiceField(label="Assign to", required=False)
    priority = forms.ChoiceField(choices=[("", LEFT), *Priority.choices], required=False)
    status = forms.ChoiceField(choices=[("", LEFT), *Status.choices], required=False)
    notes = forms.CharField(
        label="Note", max_length=longest(Note, "body"), required=False,
        widget=text_area(1, placeholder="A note on each of them"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assigned_to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", LEFT), *people()]

    def clean_assigned_to(self) -> str | Employee | None:
        name = self.cleaned_data["assigned_to"]
        if not name:
            return LEFT
        if name == "none":
            return None
        return self.actor.person if name == "me" else Employee.objects.named(name)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.changes:
            raise forms.ValidationError("Say what to change: who has it, its priority, its status, or a note.")
        if not self.errors and not self.issues:
            raise forms.ValidationError("None of these issues is there for you any more.")
        return self.cleaned_data

    @property
    def changes(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("status", "priority", "notes") if self.cleaned_data[name]}
        holder = self.cleaned_data["assigned_to"]
        return given if holder == LEFT else {**given, "assigned_to": holder}

    @cached_property
    def issues(self) -> dict[UUID, Issue]:
        """As they are before anything is done, in the order in which they were chosen."""
        rows = self.cleaned_data["row"]
        found = Issue.objects.visible_to(self.actor.grants).in_full().in_bulk(rows)
        return {pk: found[pk] for pk in rows if pk in found}

    @property
    def is_looked_at(self) -> bool:
        """Whether each row says which version its preview showed."""
        return None not in self.cleaned_data["row"].values()

    def act(self) -> list[Outcome]:
        rows = self.cleaned_data["row"]
        return bulk_update(
            [_chosen(each, rows[each.pk]) for each in self.issues.values()], self.changes, actor=self.actor
        )

    def preview(self) -> list[Line]:
        chosen = [_chosen(issue, issue.version) for issue in self.issues.values()]
        return self.lines(preview_bulk(chosen, self.changes, actor=self.actor))

    def lines(self, outcomes: Iterable[Outcome]) -> list[Line]:
        return [_line(self.issues[outcome.chosen.issue_id], outcome) for outcome in outcomes]


def _chosen(issue: Issue, version: int | None) -> Chosen:
    return Chosen(issue.order_id, issue.pk, version or 0)


def _line(before: Issue, outcome: Outcome) -> Line:
    if outcome.refusal:
        return Line(before, refused=STALE if isinstance(outcome.refusal, StaleIssue) else words_of(outcome.refusal))
    assert outcome.updated
    return Line(before, _told(before, outcome.updated))


def _told(before: Issue, updated: Updated) -> list[str]:
    after = updated.issue
    pairs = {
        "Status": (in_words(before.status), in_words(after.status)),
        "Priority": (in_words(before.priority), in_words(after.priority)),
        "Assignee": (_holder(before), _holder(after)) if before.assigned_to_id != after.assigned_to_id else ("", ""),
        "Team": (_team(before), _team(after)) if before.assigned_team_id != after.assigned_team_id else ("", ""),
    }
    told = [f"{name}: {old} → {new}" for name, (old, new) in pairs.items() if old != new]
    told += ["Note added"] if "notes" in updated.updated_fields else []
    told += ["A manager is asked to approve the reopening"] if updated.approval else []
    return [*told, *updated.warnings] or ["Nothing to change"]


def _holder(issue: Issue) -> str:
    return issue.assigned_to.name if issue.assigned_to else "Nobody"


def _team(issue: Issue) -> str:
    return str(issue.assigned_team or NOTHING)
