"""How an employee wants to hear of things, on one page."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from events import kinds
from events.actions.choose_notifications import TIMES, choose_notifications
from events.models import Mode, NotificationSettings
from events.preferences import preferences_of
from issues.forms.base import ActionForm

MODES = [(Mode.AT_ONCE, "At once"), (Mode.DIGEST, "In a digest"), (Mode.OFF, "Not by mail")]
TIME = {"type": "time"}


def time_field(label: str, help_text: str = "", *, required: bool = False) -> forms.TimeField:
    widget = forms.TimeInput(attrs=TIME, format="%H:%M")
    return forms.TimeField(label=label, help_text=help_text, required=required, widget=widget)


class NotificationsForm(ActionForm):
    """Besides its own fields one for each kind that can be chosen, by the kind's name."""

    time_zone = forms.ChoiceField(choices=[(name, name) for name in sorted(available_timezones())])
    digest_at = time_field("Digest at", required=True)
    quiet_from = time_field("Quiet from")
    quiet_to = time_field("Quiet until", "What comes in between waits for the end, and comes as one mail.")
    chat = forms.CharField(
        label="Chat address",
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="For Slack, Teams and others, in Apprise's form, like slack://… Empty: as it is.",
    )
    no_chat = forms.BooleanField(label="Forget my chat address", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employee = self.actor.person
        chosen = preferences_of([employee.pk])[employee.pk]
        self.choosable = [kind for kind in kinds.described() if not kind.is_urgent]
        for kind in self.choosable:
            self.fields[kind.name] = forms.ChoiceField(
                label=kind.label,
                choices=MODES,
                initial=chosen.modes.get(kind.name, Mode.AT_ONCE),
                widget=forms.RadioSelect,
            )
        self.initial = {**self.initial, **{name: getattr(chosen.settings, name) for name in TIMES}}
        self.has_chat = bool(chosen.settings.chat)
        if not self.has_chat:
            del self.fields["no_chat"]

    @property
    def kind_fields(self) -> list[forms.BoundField]:
        return [self[kind.name] for kind in self.choosable]

    @property
    def urgent(self) -> list[kinds.Kind]:
        return [kind for kind in kinds.described() if kind.is_urgent]

    def act(self) -> NotificationSettings:
        given = self.cleaned_data
        modes = {kind.name: given[kind.name] for kind in self.choosable}
        times = {name: given[name] for name in TIMES}
        chat = "" if given.get("no_chat") else given["chat"] or None
        return choose_notifications(modes, times, actor=self.actor, chat=chat)
