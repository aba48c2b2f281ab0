"""An employee says how they want to hear of things."""

from collections.abc import Mapping
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from accounts.actor import Actor, use_case
from accounts.models import Employee
from common.errors import ValidationFailed
from events import kinds
from events.channels.chat import UnfitAddress, sealed, service_at
from events.models import Mode, NotificationChoice, NotificationSettings

TIMES = ("time_zone", "digest_at", "quiet_from", "quiet_to")


@use_case
def choose_notifications(
    modes: Mapping[str, str], times: Mapping[str, Any], *, actor: Actor, chat: str | None = None
) -> NotificationSettings:
    """``modes``: kind to Mode; ``times``: of ``TIMES``; ``chat``: an Apprise address, "" for none, None as it is.

    Raises ``ValidationFailed`` at the kind, the time or ``chat``.
    """
    if errors := broken_rules(modes, times, chat):
        raise ValidationFailed(errors)
    values = dict(times)
    if chat is not None:
        values["chat"] = sealed(chat) if chat else ""
    for kind, mode in modes.items():
        choose(actor.person, kind, mode)
    own, _ = NotificationSettings.objects.update_or_create(employee=actor.person, defaults=values)
    return own


@use_case
def switch_off_mails(employee: Employee, kind: str, *, actor: Actor) -> None:
    """By a link that we signed for ``employee``. Raises ``ValidationFailed``."""
    if errors := broken_modes({kind: Mode.OFF}):
        raise ValidationFailed(errors)
    choose(employee, kind, Mode.OFF)


def choose(employee: Employee, kind: str, mode: str) -> None:
    NotificationChoice.objects.update_or_create(employee=employee, kind=kind, defaults={"mode": mode})


def broken_rules(modes: Mapping[str, str], times: Mapping[str, Any], chat: str | None) -> dict[str, list[str]]:
    errors = broken_modes(modes) | broken_times(times)
    if chat:
        try:
            service_at(chat)
        except UnfitAddress as error:
            errors["chat"] = [str(error)]
    return errors


def broken_modes(modes: Mapping[str, str]) -> dict[str, list[str]]:
    errors = {}
    for kind, mode in modes.items():
        if not kinds.is_choosable(kind):
            errors[kind] = ["This is told at once, or there is no such kind."]
        elif mode not in Mode.values:
            errors[kind] = [f"Give one of: {', '.join(Mode.values)}."]
    return errors


def broken_times(times: Mapping[str, Any]) -> dict[str, list[str]]:
    errors = {name: ["There is no such setting."] for name in times.keys() - set(TIMES)}
    if times.get("time_zone", "UTC") not in available_timezones():
        errors["time_zone"] = ["Give a time zone by its name, like Europe/Berlin."]
    if not isinstance(times.get("digest_at", time()), time):
        errors["digest_at"] = ["Give a time of day."]
    ends = [times.get("quiet_from"), times.get("quiet_to")]
    if (ends[0] is None) != (ends[1] is None):
        missing = "quiet_from" if ends[0] is None else "quiet_to"
        errors[missing] = ["Quiet hours need their beginning and their end; leave both empty for none."]
    return errors
