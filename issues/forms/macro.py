"""A macro as it would be said on one issue: filled in, to be read and altered before it is sent."""

from typing import Any

from django import forms

from common.display import in_words
from common.errors import DeskError
from issues.actions.use_macro import use_macro
from issues.errors import StaleIssue
from issues.forms.base import longest, text_area, with_values
from issues.forms.link import AboutIssue
from issues.models import Communication, Issue, Macro, Note, Team
from issues.models.macro import MacroUse
from issues.placeholders import filled_in
from issues.policy import allowed_transitions
from issues.workflow import Priority


class MacroForm(AboutIssue):
    """Which fields it has is said by ``use``: a word to the customer has a channel."""

    done = "The macro was used."

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    use = forms.ChoiceField(choices=MacroUse.choices, widget=forms.HiddenInput)
    body = forms.CharField(widget=text_area(7))
    channel = forms.ChoiceField(choices=Communication.Channel.choices, initial="email")
    status = forms.ChoiceField(required=False)
    priority = forms.ChoiceField(choices=[("", "As it is"), *Priority.choices], required=False)
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="As it is")

    def __init__(self, issue: Issue, *args: Any, macro: Macro | None = None, **kwargs: Any) -> None:
        super().__init__(issue, *args, **kwargs)
        self.macro_id = macro.pk if macro else None
        if macro is not None:
            self.initial = {**self.initial, **prepared(macro, issue, self.actor)}
        status: Any = self.fields["status"]
        status.choices = [
            ("", "As it is"),
            *[(each, in_words(each)) for each in allowed_transitions(issue.status, self.actor)],
        ]
        if self.initial.get("status") not in dict(status.choices):  # the workflow has no such step for them
            self.initial["status"] = ""
        self.to_customer = (self["use"].value() or "") == MacroUse.COMMUNICATION
        self.longest = longest(Communication if self.to_customer else Note, "body")
        self.fields["body"].label = "What the customer is told" if self.to_customer else "Note for the team"
        if not self.to_customer:
            del self.fields["channel"]

    def clean_body(self) -> str:
        body, most = self.cleaned_data["body"], self.longest
        if len(body) > most:
            raise forms.ValidationError(f"Give at most {most} characters; these are {len(body)}.")
        return body

    def act(self) -> bool:
        given, issue = self.cleaned_data, self.issue
        use_macro(issue.order_id, issue.pk, given, actor=self.actor, expected_version=given["version"])
        return True

    def refuse(self, refusal: DeskError) -> None:
        """Who has read what changed meanwhile means it for the issue as it is now."""
        if isinstance(refusal, StaleIssue):
            self.data = with_values(self.data, version=str(refusal.facts["version"]))
        super().refuse(refusal)


def prepared(macro: Macro, issue: Issue, actor: Any) -> dict[str, Any]:
    return {
        "version": issue.version,
        "use": macro.use,
        "body": filled_in(macro.text, issue, actor=actor),
        "status": macro.status,
        "priority": "" if macro.priority == issue.priority else macro.priority,
        "team": macro.team if macro.team_id != issue.assigned_team_id else None,
    }
