"""Open an issue on an order."""

from typing import Any

from django import forms

from issues.actions.create import create_issue
from issues.forms.base import ActionForm, longest, text_area
from issues.models import Issue
from issues.rules import MAX_ATTACHMENTS
from issues.workflow import IssueType, Priority
from orders.models import Order, OrderItem


class NewIssueForm(ActionForm):
    order_id = forms.CharField(label="Order", max_length=longest(Order, "id"))
    issue_type = forms.ChoiceField(label="What went wrong", choices=IssueType.choices)
    priority = forms.ChoiceField(choices=Priority.choices, initial=Priority.MEDIUM)
    order_item_id = forms.CharField(
        label="Item",
        max_length=longest(OrderItem, "item_id"),
        required=False,
        help_text="Its id, if one item is meant.",
    )
    description = forms.CharField(max_length=longest(Issue, "description"), widget=text_area(5))
    attachments = forms.CharField(
        required=False, widget=text_area(2), help_text="Addresses (https) of pictures or documents, one a line."
    )
    customer_contacted = forms.BooleanField(label="The customer was contacted", required=False)

    def clean_attachments(self) -> list[str]:
        urls = self.cleaned_data["attachments"].split()
        if len(urls) > MAX_ATTACHMENTS:
            raise forms.ValidationError(f"Give up to {MAX_ATTACHMENTS} addresses.")
        return urls

    def act(self) -> Issue:
        given = self.cleaned_data
        new: dict[str, Any] = {
            name: given[name] for name in ("issue_type", "priority", "description", "attachments", "customer_contacted")
        }
        if given["order_item_id"]:
            new["order_item_id"] = given["order_item_id"]
        return create_issue(given["order_id"], new, actor=self.actor)
