"""Ask another person for a step that one may not take oneself."""

from typing import Any

from django import forms

from issues.actions.request_approval import request_approval
from issues.forms.base import ActionForm, longest, text_area
from issues.models import Approval, Issue
from issues.policy import KIND_OF_STEP, requestable_transitions
from issues.workflow import REQUESTABLE_STEPS, ApprovalKind


class StepRequestForm(ActionForm):
    kind = forms.ChoiceField(label="Ask to", choices=[(kind.value, kind.label) for kind in REQUESTABLE_STEPS])
    note = forms.CharField(label="Why", max_length=longest(Approval, "note"), widget=text_area(2))

    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        steps = requestable_transitions(issue.status, self.actor)
        kinds = [ApprovalKind(KIND_OF_STEP[issue.status, target]) for target in steps]
        self.fields["kind"].widget.choices = [(kind.value, f"{kind.label} it") for kind in kinds]

    @property
    def has_a_use(self) -> bool:
        """Whether there is a step to ask for."""
        return bool(self.fields["kind"].widget.choices)

    def act(self) -> Approval:
        given = self.cleaned_data
        approval, _ = request_approval(
            self.issue.order_id, self.issue.pk, given["kind"], given["note"], actor=self.actor
        )
        return approval
