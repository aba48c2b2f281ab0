"""Who is acting: one value that every action takes by keyword, and that is never optional."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, wraps
from typing import ParamSpec, TypeVar, cast

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import ApiKey, Employee, RefundLimit, Scope
from accounts.roles import AGENT
from common.context import Origin, writing_as
from common.errors import NoActor, PermissionDenied
from common.prepared import Parameter, Prepared

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Grants:
    """What somebody may do. ``stores`` is None for all stores, else the ids of the only ones they see."""

    permissions: frozenset[str]
    refund_limit: Decimal
    stores: frozenset[str] | None

    @classmethod
    def of_employee(cls, employee: Employee) -> "Grants":
        """One statement: direct and group permissions, the highest limit, the team's stores."""
        grants = cls._of(_GRANTS_OF_EMPLOYEE.fetch(employee=employee.pk))
        if not employee.is_superuser:
            return grants
        every_permission = Permission.objects.values_list("content_type__app_label", "codename")
        return replace(grants, permissions=frozenset(f"{app}.{name}" for app, name in every_permission))

    @classmethod
    def of_role(cls, group: str) -> "Grants":
        return cls._of(_GRANTS_OF_ROLE.fetch(group=group))

    def cover(self, store: str | None) -> bool:
        """Whether what is of this store is theirs; None: what is of every store, which is for those who see all."""
        return self.stores is None or store in self.stores

    @classmethod
    def _of(cls, rows: list[tuple[str, str, str]]) -> "Grants":
        stores = frozenset(value for kind, _, value in rows if kind == "store")
        return cls(
            permissions=frozenset(f"{app}.{name}" for kind, app, name in rows if kind == "permission"),
            refund_limit=max((Decimal(value) for kind, _, value in rows if kind == "limit"), default=Decimal(0)),
            stores=stores or None,
        )


def _grants(holder: Q, limit_holder: Q, *more: QuerySet) -> QuerySet:
    """Rows of what is granted, and two columns that say which."""
    permissions = Permission.objects.filter(holder).order_by()
    limits = RefundLimit.objects.filter(limit_holder)
    return permissions.values_list(Value("permission"), "content_type__app_label", "codename").union(
        limits.values_list(Value("limit"), Value(""), Cast("amount", CharField(max_length=32))), *more, all=True
    )


def _grants_of_employee() -> QuerySet:
    employee = Parameter("employee", Employee._meta.pk)
    stores = Employee.objects.filter(pk=employee, team__stores__isnull=False)
    return _grants(
        Q(group__user=employee) | Q(user=employee),
        Q(group__user=employee),
        stores.values_list(Value("store"), Value(""), "team__stores"),
    )


def _grants_of_role() -> QuerySet:
    group = Parameter("group", CharField())
    return _grants(Q(group__name=group), Q(group__name=group))


_GRANTS_OF_EMPLOYEE = Prepared(_grants_of_employee)
_GRANTS_OF_ROLE = Prepared(_grants_of_role)


@dataclass(frozen=True)
class Actor:
    """An employee, the key they or an integration for them used, and the door they came through.

    ``employee`` is None for the system, and for an integration that reads and names nobody.
    """

    employee: Employee | None
    via: str
    request_id: str = ""
    key: ApiKey | None = None
    job: str = ""
    idempotency_key: str = ""  # given: the caller says that a repeat is meant, or safe
    _grants: Grants | None = field(default=None, repr=False, compare=False)

    @classmethod
    def system(cls, job: str) -> "Actor":
        """The desk itself, doing ``job`` (the name of a task or command)."""
        return cls(employee=None, via="system", request_id=job, job=job)

    @property
    def is_system(self) -> bool:
        return bool(self.job)

    @property
    def person(self) -> Employee:
        """The employee, where only somebody who is named can be. Raises ``NoActor`` elsewhere."""
        if self.employee is None:
            raise NoActor("Nobody is named here.")
        return self.employee

    @property
    def is_integration(self) -> bool:
        """Whether the key is not the named employee's own, so that they are not there in person."""
        return self.key is not None and (self.key.employee_id is None or self.key.employee_id != self.person.pk)

    @cached_property
    def grants(self) -> Grants:
        if self._grants is not None:
            return self._grants
        if self.is_system:
            return Grants(permissions=frozenset(), refund_limit=Decimal(0), stores=None)
        return Grants.of_employee(self.employee) if self.employee else Grants.of_role(AGENT)

    @cached_property
    def own_grants(self) -> Grants:
        """As ``grants``, but with ``act_as`` and without ``approvals:write`` an Agent's, whoever is named."""
        if self.key and self.key.has_scope(Scope.ACT_AS) and not self.key.has_scope(Scope.APPROVALS_WRITE):
            return Grants.of_role(AGENT)
        return self.grants

    def may(self, permission: str) -> bool:
        """Whether the employee may do what needs ``permission``; the system may do what its jobs do."""
        return self.is_system or permission in self.grants.permissions

    def ensure_may(self, permission: str) -> None:
        """Raises ``PermissionDenied`` that names the permission."""
        if not self.may(permission):
            raise PermissionDenied(required_permission=permission)

    def asked(self, requested_by: int | None, key: ApiKey | None) -> bool:
        """Whether this person asked for something: in their own name, or in another's with a key of their own."""
        return has_asked(self.person, requested_by, key)

    @property
    def caller(self) -> str:
        """Whose idempotency keys these are: a person's by all their keys and sessions, or an integration's by all."""
        if self.key and self.key.integration:
            return f"integration:{self.key.integration}"
        return f"employee:{self.employee.pk}" if self.employee else "system"

    @property
    def origin(self) -> Origin:
        return Origin(
            employee=self.employee.pk if self.employee else None,
            key=self.key.pk if self.key else None,
            via=self.via,
            request_id=self.request_id,
        )


def has_asked(person: Employee, requested_by: int | None, key: ApiKey | None) -> bool:
    """As ``Actor.asked``, of somebody who need not be acting."""
    return person.pk == requested_by or (key is not None and key.employee_id == person.pk)


def use_case(action: Callable[P, R]) -> Callable[P, R]:
    """Run ``action`` as one transaction, audited in the name of its keyword argument ``actor``."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = cast(Actor, kwargs["actor"])
        with transaction.atomic(), writing_as(actor.origin):
            return action(*args, **kwargs)

    return run
