"""Give an employee or an integration a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from accounts.actor import Actor, use_case
from accounts.models import ApiKey, Employee, Scope
from common import clock
from common.errors import FieldErrors, ValidationFailed

log = structlog.get_logger(__name__)

ADD_KEY = "accounts.add_apikey"


@dataclass(frozen=True)
class NewKey:
    """``secret`` is known here and now, and never again."""

    key: ApiKey
    secret: str


@use_case
def create_key(
    *,
    actor: Actor,
    scopes: Sequence[str],
    employee: Employee | None = None,
    integration: str = "",
    expires_at: datetime | None = None,
) -> NewKey:
    """A key of ``employee``, or of the integration with that name. Raises ``ValidationFailed``."""
    actor.ensure_may(ADD_KEY)
    if errors := broken_rules(employee, integration, scopes, expires_at):
        raise ValidationFailed(errors)
    return store_key(actor, employee=employee, integration=integration, scopes=list(scopes), expires_at=expires_at)


def broken_rules(
    employee: Employee | None, integration: str, scopes: Sequence[str], expires_at: datetime | None
) -> FieldErrors:
    errors: dict[str, list[str]] = {}
    if (employee is None) == (not integration.strip()):
        errors["employee"] = ["A key belongs to one employee or to one integration."]
    elif employee is not None and not employee.is_active:
        errors["employee"] = ["This employee is not active."]
    if not scopes:
        errors["scopes"] = ["A key needs at least one scope."]
    elif unknown := sorted(set(scopes) - set(Scope.values)):
        errors["scopes"] = [f"There is no scope {', '.join(unknown)}."]
    if expires_at is not None and expires_at <= clock.now():
        errors["expires_at"] = ["This is past."]
    return errors


def store_key(actor: Actor, **fields) -> NewKey:
    prefix, secret = ApiKey.generate()
    key = ApiKey.objects.create(prefix=prefix, hash=ApiKey.hash_of(secret), **fields)
    log.info("key.created", key=prefix, by=actor.origin.employee)
    return NewKey(key, secret)
