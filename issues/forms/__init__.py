"""The forms by which people act on issues, the same ones in the admin and in the web pages."""

from issues.forms.base import ActionForm
from issues.forms.communication import CommunicationForm
from issues.forms.decision import DecisionForm, DecisionsForm
from issues.forms.delegation import DelegationForm
from issues.forms.new_issue import NewIssueForm
from issues.forms.refund import RefundForm
from issues.forms.step_request import StepRequestForm
from issues.forms.take import TakeForm
from issues.forms.update import UpdateForm

__all__ = [
    "ActionForm",
    "CommunicationForm",
    "DecisionForm",
    "DecisionsForm",
    "DelegationForm",
    "NewIssueForm",
    "RefundForm",
    "StepRequestForm",
    "TakeForm",
    "UpdateForm",
]
