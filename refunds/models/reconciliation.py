"""Our books held against their own sums and against the providers': each run of it, and what was found to differ."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from common import clock
from common.ids import new_id
from orders.models import Order
from refunds.models.refund import Refund

if TYPE_CHECKING:
    from accounts.actor import Grants

LONGEST = timedelta(days=1)  # of a run by the command over many years' orders


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def in_vain_on(self, moment: datetime) -> "ReconciliationQuerySet":
        """Those that ended on that day (UTC) and could not read all."""
        begins = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.filter(finished_at__gte=begins, finished_at__lt=begins + timedelta(days=1)).exclude(unread=[])

    def at_work(self) -> "ReconciliationQuerySet":
        """Running, but for those that were killed before they could say how it went."""
        return self.filter(outcome=Reconciliation.Outcome.RUNNING, started_at__gt=clock.now() - LONGEST)


class Reconciliation(models.Model):
    """One run. ``unread`` names the books that could not be read, with why: ``provider``, ``account``, ``reason``."""

    class Outcome(models.TextChoices):
        RUNNING = "running"
        AGREES = "agrees"
        DIFFERS = "differs"
        INCOMPLETE = "incomplete"  # what could be read agrees; the rest is not known

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField(null=True, unique=True, editable=False)  # that it is the daily run of, in UTC
    since = models.DateTimeField()  # the providers' books are read from then on; the counters are read whole
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RUNNING)
    orders_checked = models.PositiveIntegerField(default=0)
    refunds_checked = models.PositiveIntegerField(default=0)
    records_checked = models.PositiveIntegerField(default=0)  # of the providers
    in_flight = models.PositiveIntegerField(default=0)  # moved meanwhile, or are about to be asked about anyway
    found = models.PositiveIntegerField(default=0)
    unread = models.JSONField(default=list, encoder=DjangoJSONEncoder, blank=True)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        indexes = [
            # the admin's list, newest first
            models.Index(fields=["-started_at", "-id"], name="reconciliation_newest"),
        ]

    def __str__(self) -> str:
        return f"Reconciliation of {self.started_at:%Y-%m-%d %H:%M}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, grants: "Grants") -> "FindingQuerySet":
        """What belongs to no order that we know is for those who see every store."""
        return self if grants.stores is None else self.filter(order__store__in=grants.stores)

    def open(self) -> "FindingQuerySet":
        """Still there when somebody last looked."""
        return self.filter(gone_at=None)

    def runs_that_are_over(self) -> "models.QuerySet[Finding, UUID]":
        """Those in which what is open was seen the last time."""
        seen_in = self.open().exclude(seen_in__in=Reconciliation.objects.at_work()).order_by()
        return seen_in.values_list("seen_in", flat=True).distinct()

    def unexplained(self) -> "FindingQuerySet":
        """Still there, and nobody has looked into it."""
        return self.open().filter(looked_into_at=None)


class Finding(models.Model):
    """Something that differs. A run that sees it again refreshes it; one that no longer does says that it is gone."""

    class Kind(models.TextChoices):
        COUNTER_DIFFERS = "counter_differs"
        MISSING_AT_PROVIDER = "missing_at_provider"
        AMOUNT_DIFFERS = "amount_differs"
        STATUS_DIFFERS = "status_differs"
        UNKNOWN_HERE = "unknown_here"
        PAID_TWICE = "paid_twice"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=400)  # by which the next run knows it again
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    provider = models.CharField(max_length=32, blank=True)
    reference = models.CharField("provider's reference", max_length=255, blank=True)
    ours = models.CharField(max_length=300)
    theirs = models.CharField(max_length=300)
    happened_at = models.DateTimeField(null=True)  # null for what is checked in every run
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    seen_in = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="findings")  # the last time
    told_in = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, null=True, blank=True, related_name="told")
    gone_at = models.DateTimeField(null=True, blank=True)
    looked_into_at = models.DateTimeField(null=True, blank=True)
    looked_into_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    note = models.CharField(max_length=2000, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(gone_at=None), name="one_open_finding_per_key"),
            models.CheckConstraint(
                condition=Q(looked_into_at=None) | ~Q(note=""), name="finding_looked_into_with_a_note"
            ),
        ]
        indexes = [
            # the admin's list, newest first
            models.Index(fields=["-first_seen", "-id"], name="finding_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.order_id or self.reference}"
