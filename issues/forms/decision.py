"""Approve or reject what somebody asked for."""

from typing import Any

from django import forms
from django.http import QueryDict

from accounts.actor import Actor
from common.errors import DeskError, ValidationFailed
from issues.actions.decide_approval import decide_approval
from issues.actions.decide_each import MOST_AT_ONCE, Decided, decide_each
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
            if not was_decided_so(refusal, self.cleaned_data["decision"], self.actor):
                raise
            return None

    def act(self) -> Approval:
        given = self.cleaned_data
        return decide_approval(self.approval.pk, given["decision"], actor=self.actor, note=given["note"])


class DecisionsForm(ActionForm):
    """One decision on several requests, which are the checked boxes named ``approvals``; ``result`` is of each."""

    decision = forms.ChoiceField(choices=[(each.value, each.label) for each in DECISIONS], widget=forms.HiddenInput)
    note = forms.CharField(
        label="Note for all of them",
        max_length=longest(Approval, "decision_note"),
        required=False,
        widget=text_area(2, placeholder="It goes to who asked. Needed to reject."),
    )

    @property
    def chosen(self) -> list[str]:
        checked = self.data.getlist("approvals") if isinstance(self.data, QueryDict) else []
        return list(dict.fromkeys(checked))[:MOST_AT_ONCE]

    def clean(self) -> None:
        if not self.chosen:
            self.add_error(None, "Check the requests that you decide.")

    def act_once(self) -> list[Decided]:
        """Each by itself: what is refused of one takes nothing from the others."""
        given = self.cleaned_data
        decided = decide_each(self.chosen, given["decision"], actor=self.actor, note=given["note"])
        unfit = [each.refusal for each in decided if isinstance(each.refusal, ValidationFailed)]
        if unfit and len(unfit) == len(decided):  # the note is missing: nothing is done, and all stay chosen
            raise unfit[0]
        return decided


def was_decided_so(refusal: DeskError, decision: str, actor: Actor) -> bool:
    """Whether it was this very decision by this person, so that a second copy of it is no error."""
    return (refusal.facts["status"], refusal.facts["decided_by"]) == (decision, actor.person.employee_id)
