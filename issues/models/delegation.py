"""Who decides in the place of somebody who is away."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Employee


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def at(self, moment: datetime) -> "DelegationQuerySet":
        """Those that hold then; one that ended early has its end where it ended."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment, decider__is_active=True)

    def not_over(self, moment: datetime) -> "DelegationQuerySet":
        return self.filter(ends_at__gt=moment).exclude(ends_at=F("starts_at"))

    def between(self, start: datetime, end: datetime) -> "DelegationQuerySet":
        """Those that hold at any time of the period."""
        return self.filter(starts_at__lt=end, ends_at__gt=start).exclude(ends_at=F("starts_at"))

    def of(self, employee: "Employee") -> "DelegationQuerySet":
        """Those by which ``employee`` is away, or stands in for somebody."""
        return self.filter(Q(decider=employee) | Q(delegate=employee))


class Delegation(Audited):
    """From ``starts_at`` up to ``ends_at``, ``delegate`` decides where ``decider`` would have."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="delegations"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="stands_in_by"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    history = AuditTrail(excluded_fields=["created_at"])
    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(decider=F("delegate")), name="delegation_to_another"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="delegation_ends_after_it_starts"),
        ]
        indexes = [
            # who stands in for whom now
            models.Index(fields=["ends_at"], name="delegation_end"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.decider_id}"
