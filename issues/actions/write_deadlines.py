"""Write a deadline policy or business hours, or change them. A policy is not deleted: it is retired.

Clocks that run go on by what the policy said when they were put under it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import holidays

from accounts import roles
from accounts.actor import Actor, use_case
from common.errors import FieldErrors, NotFound, ValidationFailed
from issues.models import BusinessHours, SlaPolicy
from issues.sla.clocks import Target

POLICY_FIELDS = (
    "name", "position", "priority", "issue_type", "store", "for_escalated", "first_response", "next_response",
    "resolution", "in_business_hours", "rule_at", "rule_escalates", "rule_priority", "rule_team", "is_retired",
)  # fmt: skip
HOURS_FIELDS = ("store", "time_zone", "days", "opens", "closes", "country", "part")
LONGEST = 366 * 24 * 60  # minutes


@use_case
def write_policy(given: Mapping[str, Any], *, actor: Actor, policy_id: UUID | None = None) -> SlaPolicy:
    """``given`` are all of ``POLICY_FIELDS``, typed. Raises PermissionDenied, NotFound and ValidationFailed."""
    actor.ensure_may(roles.CHANGE_DEADLINES)
    policy = _locked(SlaPolicy, policy_id, actor) if policy_id else SlaPolicy()
    return _write(policy, given, POLICY_FIELDS, {**policy_errors(given), **_store_errors(given, actor)})


@use_case
def write_hours(given: Mapping[str, Any], *, actor: Actor, hours_id: UUID | None = None) -> BusinessHours:
    """``given`` are all of ``HOURS_FIELDS``, typed. Raises PermissionDenied, NotFound and ValidationFailed."""
    actor.ensure_may(roles.CHANGE_DEADLINES)
    hours = _locked(BusinessHours, hours_id, actor) if hours_id else BusinessHours()
    return _write(hours, given, HOURS_FIELDS, {**hours_errors(given, hours), **_store_errors(given, actor)})


def policy_errors(given: Mapping[str, Any]) -> FieldErrors:
    errors: dict[str, list[str]] = {}
    targets = {target.value: given.get(target) for target in Target}
    if not any(targets.values()) and not given.get("is_retired"):
        errors["resolution"] = ["Give at least one target, in minutes."]
    for name, minutes in targets.items():
        if minutes is not None and not 1 <= minutes <= LONGEST:
            errors[name] = [f"Give 1 to {LONGEST} minutes, or leave it empty."]
    does = given.get("rule_escalates") or given.get("rule_priority") or given.get("rule_team")
    if does and not given.get("rule_at"):
        errors["rule_at"] = ["Say when this is to be done."]
    if given.get("rule_at") and not does:
        errors["rule_at"] = ["Say what is to be done then, or leave this empty."]
    return errors


def hours_errors(given: Mapping[str, Any], hours: BusinessHours) -> FieldErrors:
    errors: dict[str, list[str]] = _place_errors(given)
    if BusinessHours.objects.filter(store=given.get("store")).exclude(pk=hours.pk).exists():
        errors["store"] = ["There are such hours already: change those."]
    if not given.get("days"):
        errors["days"] = ["Choose at least one day."]
    opens, closes = given.get("opens"), given.get("closes")
    if opens and closes and closes.hour + closes.minute and closes <= opens:
        errors["closes"] = ["It closes after it opens; 00:00 is the end of the day."]
    return errors


def _place_errors(given: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if given.get("time_zone") not in available_timezones():
        errors["time_zone"] = ["There is no such time zone. Write it like Europe/Berlin."]
    country, part = given.get("country") or "", given.get("part") or ""
    parts = holidays.list_supported_countries().get(country)
    if country and parts is None:
        errors["country"] = ["No holidays are known of this country. Write it like DE."]
    elif part and part not in (parts or ()):
        known = f"There are: {', '.join(parts)}." if parts else "Leave it empty."
        errors["part"] = [f"No holidays are known of this part. {known}"]
    return errors


def _store_errors(given: Mapping[str, Any], actor: Actor) -> FieldErrors:
    store = given.get("store")
    return {} if actor.grants.cover(store and store.pk) else {"store": ["Name one of your stores."]}


def _locked(model: Any, pk: UUID, actor: Actor) -> Any:
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None or not actor.grants.cover(row.store_id):
        raise NotFound("There is no such row that is yours to change.")
    return row


def _write(row: Any, given: Mapping[str, Any], fields: tuple[str, ...], errors: FieldErrors) -> Any:
    if errors:
        raise ValidationFailed(errors)
    for name in fields:
        setattr(row, name, given[name])
    is_new = row._state.adding
    row.version += not is_new
    row.save(force_insert=is_new)
    return row
