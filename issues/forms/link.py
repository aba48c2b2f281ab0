"""Link an issue to another, merge it into another, and undo either."""

from typing import Any

from django import forms

from issues.actions.link import link_issues, remove_link
from issues.actions.merge import merge_issue, undo_merge
from issues.forms.base import ActionForm
from issues.models import Issue, IssueLink, LinkKind


class AboutIssue(ActionForm):
    def __init__(self, issue: Issue, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue


class LinkForm(AboutIssue):
    done = "The issues are linked."

    kind = forms.ChoiceField(label="This issue", choices=LinkKind.choices, initial=LinkKind.RELATED)
    number = forms.CharField(
        label="The other issue",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "ISS-2026-000042"}),
    )

    def act(self) -> IssueLink:
        given = self.cleaned_data
        return link_issues(self.issue.order_id, self.issue.pk, given["kind"], given["number"], actor=self.actor)


class UnlinkForm(AboutIssue):
    done = "The link was removed."

    link = forms.UUIDField(widget=forms.HiddenInput)

    def act(self) -> IssueLink:
        return remove_link(self.issue.order_id, self.issue.pk, self.cleaned_data["link"], actor=self.actor)


class MergeForm(AboutIssue):
    """Sent from the page that has shown what survives; ``version`` is that of the duplicate as it was shown."""

    done = "The issues are merged. The work goes on in the other one."

    number = forms.CharField(max_length=20, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def act(self) -> IssueLink:
        given, issue = self.cleaned_data, self.issue
        return merge_issue(
            issue.order_id, issue.pk, given["number"], actor=self.actor, expected_version=given["version"]
        )


class UndoMergeForm(AboutIssue):
    done = "The merge was undone."

    def act(self) -> IssueLink:
        return undo_merge(self.issue.order_id, self.issue.pk, actor=self.actor)
