"""Say who decides while one is away, and take it back (docs/adr/0014-delegation.md)."""

from datetime import datetime
from uuid import UUID

from accounts import roles
from accounts.actor import Actor, Grants, use_case
from accounts.models import Employee
from common import clock
from common.errors import FieldErrors, NotFound, PermissionDenied, ValidationFailed
from issues.models import Delegation

NOT_ALLOWED = "Choose somebody whose role may decide: a delegation gives no right that a role does not."


@use_case
def delegate_decisions(delegate: Employee, starts_at: datetime, ends_at: datetime, *, actor: Actor) -> Delegation:
    """Raises PermissionDenied (also for an integration) and ValidationFailed with everything that is unfit."""
    ensure_decides_in_person(actor)
    people = Employee.objects.select_for_update(of=("self",)).order_by("pk")
    list(people.filter(pk__in=[actor.person.pk, delegate.pk]).values_list("pk"))  # so that no two overlap
    if errors := broken_rules(delegate, starts_at, ends_at, actor):
        raise ValidationFailed(errors)
    delegation = Delegation(
        decider=actor.person, delegate=delegate, starts_at=starts_at, ends_at=ends_at, created_at=clock.now()
    )
    delegation.save(force_insert=True)
    return delegation


@use_case
def end_delegation(delegation_id: UUID, *, actor: Actor) -> Delegation:
    """From now on; one that has not begun never does, and one that is over stays. Raises NotFound, PermissionDenied."""
    delegation = Delegation.objects.select_for_update().filter(pk=delegation_id, decider=actor.person).first()
    if delegation is None:
        raise NotFound("You have no such delegation.")
    ensure_decides_in_person(actor)
    if delegation.ends_at > clock.now():
        delegation.ends_at = max(clock.now(), delegation.starts_at)
        delegation.version += 1
        delegation.save(update_fields=["ends_at", "version"])
    return delegation


def ensure_decides_in_person(actor: Actor) -> None:
    actor.ensure_may(roles.DECIDE_APPROVAL)
    if actor.is_integration:
        raise PermissionDenied("Only a person delegates.", required_permission=roles.DECIDE_APPROVAL)


def broken_rules(delegate: Employee, starts_at: datetime, ends_at: datetime, actor: Actor) -> FieldErrors:
    errors: dict[str, list[str]] = {}
    if delegate == actor.person:
        errors["delegate"] = ["Choose somebody else than yourself."]
    elif not delegate.is_active or roles.DECIDE_APPROVAL not in Grants.of_employee(delegate).permissions:
        errors["delegate"] = [NOT_ALLOWED]
    elif Delegation.objects.filter(decider=delegate).between(starts_at, ends_at).exists():
        errors["delegate"] = [f"{delegate.name} is away in these days too. Choose somebody who is there."]
    if not starts_at < ends_at or ends_at <= clock.now():
        errors["ends_at"] = ["Must lie after the start, and not in the past."]
    elif Delegation.objects.filter(decider=actor.person).between(starts_at, ends_at).exists():
        errors["starts_at"] = ["You have named somebody for some of these days. End that first."]
    elif Delegation.objects.filter(delegate=actor.person).between(starts_at, ends_at).exists():
        errors["starts_at"] = ["You stand in for somebody else in some of these days. Ask them to name another."]
    return errors
