"""People, the keys that act for them, what each role may refund, and the calls that may be repeated."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.db import models
from django.db.models import Q

from common import clock
from common.money import MoneyField


class Scope(models.TextChoices):
    ISSUES_READ = "issues:read"
    ISSUES_WRITE = "issues:write"
    REFUNDS_WRITE = "refunds:write"
    APPROVALS_WRITE = "approvals:write"
    ORDERS_WRITE = "orders:write"
    METRICS_READ = "metrics:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    ACT_AS = "act_as"


class EmployeeManager(UserManager["Employee"]):
    def named(self, employee_id: str) -> "Employee | None":
        """The active employee with this public id, or None."""
        return self.filter(employee_id=employee_id, is_active=True).first()


class Employee(AbstractUser):
    """A person of the team, and the user that signs in. ``employee_id`` is what outsiders call them."""

    employee_id = models.CharField(max_length=32, unique=True)
    team = models.ForeignKey("issues.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="members")

    objects: ClassVar[EmployeeManager] = EmployeeManager()  # type: ignore[assignment]

    REQUIRED_FIELDS = ["employee_id", "email"]

    class Meta(AbstractUser.Meta):
        verbose_name = "employee"
        verbose_name_plural = "employees"

    @property
    def name(self) -> str:
        return self.get_full_name() or self.username

    def __str__(self) -> str:
        return f"{self.name} ({self.employee_id})"


class ApiKey(models.Model):
    """A bearer key of one employee or of one integration. Only its hash is kept; 256 random bits need no salt."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, null=True, blank=True, related_name="keys")
    integration = models.CharField(max_length=64, blank=True, help_text="The integration's name, if it is no person's.")
    prefix = models.CharField(max_length=16, unique=True)
    hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(
                condition=Q(employee=None) ^ Q(integration=""), name="key_belongs_to_employee_or_integration"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.employee or self.integration}"

    @staticmethod
    def generate() -> tuple[str, str]:
        """A new prefix, by which a key is found, and the whole secret, which is shown once."""
        prefix = f"rdr_{secrets.token_hex(5)}"
        return prefix, f"{prefix}_{secrets.token_urlsafe(32)}"

    @staticmethod
    def hash_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    def matches(self, secret: str) -> bool:
        return secrets.compare_digest(self.hash, self.hash_of(secret))

    def is_usable(self, *, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    @property
    def holder(self) -> tuple[int | None, str]:
        """Whose it is, whichever of their keys: an employee's, or the integration's of that name."""
        return self.employee_id, self.integration

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes


class RefundLimit(models.Model):
    """How much a member of the group may refund on one order without approval, in the order's currency."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="refund_limit")
    amount = MoneyField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="refund_limit_not_negative")]

    def __str__(self) -> str:
        return f"{self.group}: {self.amount}"


class IdempotentCall(models.Model):
    """One use of an Idempotency-Key by one caller: first a claim with a lease, then the kept answer."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    claim = models.UUIDField()
    claimed_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="one_call_per_caller_and_key")]
