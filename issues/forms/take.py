"""Take an issue into one's own hands, by one click."""

from typing import Any

from django import forms

from common.errors import DeskError
from issues.actions.update import update_issue
from issues.actions.updated import Updated
from issues.errors import StaleIssue
from issues.forms.base import ActionForm, with_values
from issues.models import Issue


class TakeForm(ActionForm):
    """``held_by`` is who had it on the page. Other changes since then are no reason to refuse."""

    held_by = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        self.initial["held_by"] = _holder(issue)

    @property
    def has_a_use(self) -> bool:
        return not self.issue.is_closed and self.issue.assigned_to_id != self.actor.person.pk

    def act(self) -> Updated:
        issue = self.issue
        if self.cleaned_data["held_by"] != _holder(issue):
            raise StaleIssue(version=issue.version)
        to_me = {"assigned_to": self.actor.person}
        return update_issue(issue.order_id, issue.pk, to_me, actor=self.actor, expected_version=issue.version)

    def refuse(self, refusal: DeskError) -> None:
        if isinstance(refusal, StaleIssue):
            self.data = with_values(self.data, held_by=_holder(self.issue))
            self.add_error(None, self._whose_it_is())
        else:
            super().refuse(refusal)

    def _whose_it_is(self) -> str:
        holder = self.issue.assigned_to
        whose = f"{holder.name} has it" if holder else "nobody has it"
        return f"It changed hands since you opened the page: {whose} now. Take it again if you mean it."


def _holder(issue: Issue) -> str:
    return issue.assigned_to.employee_id if issue.assigned_to else ""
