"""In whose name a key or session may act: its own employee's; with ``act_as``, any active employee's."""

from typing import Any

from accounts.actor import Actor
from accounts.models import Employee, Scope
from accounts.roles import VIEW_ISSUE
from common.errors import PermissionDenied, ValidationFailed

# What a person needs beside the scope of their key, for whatever is read by it.
PERMISSION_TO_READ = {Scope.ISSUES_READ: VIEW_ISSUE}


def ensure_scope(caller: Actor, scope: str) -> None:
    """Raises ``PermissionDenied`` that names the scope, or the permission that goes with it.

    A session has all scopes: the person is there.
    """
    if caller.key is not None and not caller.key.has_scope(scope):
        raise PermissionDenied("This key does not have the scope for that.", required_scope=scope)
    if permission := PERMISSION_TO_READ.get(Scope(scope)):
        caller.ensure_may(permission)


def acting_employee(caller: Actor, field: str, name: Any) -> Employee:
    """Whom ``name``, the body's ``field``, means.

    Raises ``ValidationFailed`` on the field for nobody, ``PermissionDenied`` for somebody else than one's own.
    """
    if name is None:
        raise ValidationFailed({field: ["This field is required."]})
    if not isinstance(name, str) or not name.strip():
        raise ValidationFailed({field: ["Must be an employee id."]})
    own = caller.employee
    if own is not None and own.employee_id == name.strip():
        return own
    employee = Employee.objects.named(name.strip())
    if employee is None:
        raise ValidationFailed({field: ["There is no active employee with this id."]})
    if caller.key is None:
        raise PermissionDenied("A session acts for its own employee only.", required_scope=Scope.ACT_AS)
    ensure_scope(caller, Scope.ACT_AS)
    return employee
