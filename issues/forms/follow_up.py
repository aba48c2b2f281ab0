"""A follow-up: done, with a note of what came of it, or moved to another time."""

from typing import Any

from django import forms

from common.errors import DeskError
from common.forms import MomentField
from issues.actions.update import update_issue
from issues.actions.updated import Updated
from issues.errors import StaleIssue
from issues.forms.base import ActionForm, longest, text_area, with_values
from issues.forms.update import AS_TYPED
from issues.models import Issue, Note

DONE, MOVE = "done", "move"


class FollowUpForm(ActionForm):
    """``deed`` is the button that was pressed; ``shown`` is when it was due on the page."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    deed = forms.ChoiceField(choices=[(DONE, "Done"), (MOVE, "Move")], widget=forms.HiddenInput)
    note = forms.CharField(
        label="What came of it", max_length=longest(Note, "body"), required=False, widget=text_area(2)
    )
    date = MomentField(
        label="Another time (UTC)",
        required=False,
        input_formats=[AS_TYPED, f"{AS_TYPED}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=AS_TYPED),
    )

    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        self.initial["shown"] = _due(issue)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("deed") == DONE and not given.get("note"):
            self.add_error("note", "Write what came of it.")
        if given.get("deed") == MOVE and not given.get("date") and "date" not in self.errors:
            self.add_error("date", "Say when it is to be followed up instead.")
        return given

    def act(self) -> Updated:
        given, issue = self.cleaned_data, self.issue
        if given["shown"] != _due(issue):
            raise StaleIssue(version=issue.version)
        moved = {"follow_up_date": given["date"]}
        changes: dict[str, Any] = moved if given["deed"] == MOVE else {"follow_up_required": False}
        if given["note"]:
            changes |= {"notes": given["note"]}
        return update_issue(issue.order_id, issue.pk, changes, actor=self.actor, expected_version=issue.version)

    def refuse(self, refusal: DeskError) -> None:
        if isinstance(refusal, StaleIssue):
            self.data = with_values(self.data, shown=_due(self.issue))
            self.add_error(None, "It was changed since you opened the page, and is shown as it is now. Look again.")
        else:
            super().refuse(refusal)


def _due(issue: Issue) -> str:
    at = issue.follow_up_date
    return f"{issue.follow_up_required} {at.isoformat() if at else ''}"
