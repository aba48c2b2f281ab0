"""The secret address of somebody's follow-ups as a calendar: made, made anew, switched off."""

import secrets

from accounts.actor import Actor, Grants, use_case
from accounts.models import Employee
from accounts.roles import VIEW_ISSUE
from issues.models import CalendarLink

BYTES = 24  # 192 bits


@use_case
def make_calendar_link(*, actor: Actor) -> str:
    """The secret, which nobody can read again; an earlier one opens nothing any more."""
    token = secrets.token_urlsafe(BYTES)
    CalendarLink.objects.filter(employee=actor.person).delete()
    CalendarLink.objects.create(employee=actor.person, token_hash=CalendarLink.hash_of(token))
    return token


@use_case
def end_calendar_link(*, actor: Actor) -> bool:
    """Whether there was one."""
    gone, _ = CalendarLink.objects.filter(employee=actor.person).delete()
    return bool(gone)


def owner_of(token: str) -> Employee | None:
    """Whose calendar it opens; nobody's who has left, or may read no issues any more."""
    owner = Employee.objects.filter(is_active=True, calendar_link__token_hash=CalendarLink.hash_of(token)).first()
    return owner if owner and VIEW_ISSUE in Grants.of_employee(owner).permissions else None
