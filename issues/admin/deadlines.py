"""Deadline policies and business hours: an administrator's. Saving one is an action."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.browser import actor_of
from common.admin import Kept
from common.as_seen import AsSeen, AsSeenMixin
from common.audit_admin import AuditTrailMixin
from common.display import NOTHING, in_words
from common.errors import FieldErrors
from issues.actions.write_deadlines import (
    HOURS_FIELDS,
    POLICY_FIELDS,
    hours_errors,
    policy_errors,
    write_hours,
    write_policy,
)
from issues.admin.of_store import OfStoreMixin
from issues.models import BusinessHours, SlaPolicy
from issues.models.sla import WEEKDAYS


class PolicyForm(AsSeen):
    class Meta:
        model = SlaPolicy
        fields = POLICY_FIELDS
        help_texts = {"position": "The first policy that fits an issue decides.", "store": "Empty: of every store."}

    def clean(self) -> dict[str, Any]:
        super().clean()
        return _refused(self, policy_errors(self.cleaned_data))


class HoursForm(AsSeen):
    days = forms.TypedMultipleChoiceField(
        choices=WEEKDAYS, coerce=int, widget=UnfoldAdminCheckboxSelectMultipleWidget, required=False
    )

    class Meta:
        model = BusinessHours
        fields = HOURS_FIELDS
        help_texts = {"store": "Empty: of every store without hours of its own.", "time_zone": "Like Europe/Berlin."}

    def clean(self) -> dict[str, Any]:
        super().clean()
        return _refused(self, hours_errors(self.cleaned_data, self.instance))


def _refused(form: forms.ModelForm, errors: FieldErrors) -> dict[str, Any]:
    for field, messages in errors.items():
        for message in messages if field not in form.errors else ():
            form.add_error(field, message)
    return form.cleaned_data


@admin.register(SlaPolicy)
class SlaPolicyAdmin(AsSeenMixin, OfStoreMixin, Kept, AuditTrailMixin, ModelAdmin):
    form = PolicyForm
    list_display = ("position", "name", "fits", "first", "next", "resolved", "in_business_hours", "does", "is_retired")
    list_display_links = ("position", "name")
    list_select_related = ("store", "rule_team")
    ordering = ("is_retired", "position", "id")
    actions = None

    def save_model(self, request: HttpRequest, obj: SlaPolicy, form: Any, change: bool) -> None:
        actor = actor_of(request, via="admin")
        written = write_policy(form.cleaned_data, actor=actor, policy_id=obj.pk if change else None)
        obj.__dict__.update(written.__dict__)

    @display(description="For")
    def fits(self, policy: SlaPolicy) -> str:
        parts = [in_words(each) for each in (policy.priority, policy.issue_type) if each]
        parts += [str(policy.store)] if policy.store else []
        return " · ".join([*(["Escalated"] if policy.for_escalated else []), *parts]) or "Every issue"

    @display(description="First response")
    def first(self, policy: SlaPolicy) -> str:
        return span_of(policy.first_response)

    @display(description="Next response")
    def next(self, policy: SlaPolicy) -> str:
        return span_of(policy.next_response)

    @display(description="Resolution")
    def resolved(self, policy: SlaPolicy) -> str:
        return span_of(policy.resolution)

    @display(description="Then")
    def does(self, policy: SlaPolicy) -> str:
        deeds = ["escalate"] if policy.rule_escalates else []
        deeds += [f"raise to {policy.rule_priority}"] if policy.rule_priority else []
        deeds += [f"to {policy.rule_team}"] if policy.rule_team else []
        return f"At {policy.rule_at} %: {', '.join(deeds)}" if deeds else NOTHING


@admin.register(BusinessHours)
class BusinessHoursAdmin(AsSeenMixin, OfStoreMixin, Kept, AuditTrailMixin, ModelAdmin):
    form = HoursForm
    list_display = ("__str__", "time_zone", "on_days", "opens", "closes", "country", "part")
    list_select_related = ("store",)
    ordering = ("store", "id")
    actions = None

    def save_model(self, request: HttpRequest, obj: BusinessHours, form: Any, change: bool) -> None:
        actor = actor_of(request, via="admin")
        written = write_hours(form.cleaned_data, actor=actor, hours_id=obj.pk if change else None)
        obj.__dict__.update(written.__dict__)

    @display(description="On")
    def on_days(self, hours: BusinessHours) -> str:
        return ", ".join(name[:3] for number, name in WEEKDAYS if number in hours.days)


def span_of(minutes: int | None) -> str:
    """In hours where it is whole ones."""
    if minutes is None:
        return NOTHING
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
