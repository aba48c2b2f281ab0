"""Approve or reject what somebody asked for."""

from typing import Any

from django import forms

from common.errors import DeskError
from issues.actions.decide_approval import decide_approval
from issues.errors import ApprovalAlreadyDecided
from issues.forms.base import ActionForm, longest, text_area
from issues.models import Approval
from issues.workflow import ApprovalStatus

DECISIONS = (ApprovalStatus.APPROVED, ApprovalStatus.REJECTED)


class DecisionForm(ActionForm):
    """Its two buttons send ``decision``."""

    decision = forms.ChoiceField(choices=[(each.value, each.label) for each in DECISIONS], widget=forms.HiddenInput)
    note = forms.CharField(
        max_length=longest(Approval, "decision_note"),
        required=False,
        widget=text_area(3, placeholder="It goes to who asked. Needed to reject."),
    )

    def __init__(self, approval: Approval, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approval = approval

    def act_once(self) -> Approval | None:
        """Without the form's own guard: a request is decided once, and that it has expired must stay written."""
        try:
            return self.act()
        except ApprovalAlreadyDecided as refusal:
            if not self._was_this_decision(refusal):
                raise
            return None

    def act(self) -> Approval:
        given = self.cleaned_data
        return decide_approval(self.approval.pk, given["decision"], actor=self.actor, note=given["note"])

    def _was_this_decision(self, refusal: DeskError) -> bool:
        by, status = refusal.facts["decided_by"], refusal.facts["status"]
        return (status, by) == (self.cleaned_data["decision"], self.actor.person.employee_id)
