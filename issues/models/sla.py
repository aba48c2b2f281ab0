"""Deadlines: the policies and hours that an administrator edits, and the clocks of each issue."""

import hashlib
from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id
from common.prepared import Parameter, Prepared
from issues.business_time import MIDNIGHT, ROUND_THE_CLOCK, Calendar
from issues.models.of_store import OfStoreQuerySet
from issues.workflow import IssueType, Priority

WEEKDAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


def monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class BusinessHoursQuerySet(OfStoreQuerySet["BusinessHours"]):
    def calendar_of(self, store_id: str) -> Calendar:
        """The store's own hours, else those for every store, else round the clock."""
        found = _HOURS.first(store=store_id)
        return found.calendar if found else ROUND_THE_CLOCK


class BusinessHours(Audited):
    """Of one store, or of every store that has none of its own. ``days`` are weekdays, Monday is 0."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey("orders.Store", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    time_zone = models.CharField(max_length=64, default="UTC")
    days = models.JSONField(default=monday_to_friday)
    opens = models.TimeField(default=time(9))
    closes = models.TimeField(default=time(17), help_text="00:00 is the end of the day.")
    country = models.CharField(max_length=2, blank=True, help_text="Whose public holidays are free, like DE.")
    part = models.CharField("state or region", max_length=8, blank=True, help_text="Like BE for Berlin.")

    history = AuditTrail(excluded_fields=["store"])
    objects = BusinessHoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "business hours"
        constraints = [
            models.UniqueConstraint(Coalesce("store", Value("")), name="one_hours_per_store"),
        ]

    def __str__(self) -> str:
        return f"Hours of {self.store or 'every store'}"

    @property
    def calendar(self) -> Calendar:
        opens, closes = (each.hour * 60 + each.minute for each in (self.opens, self.closes))
        return Calendar(
            zone=self.time_zone, days=tuple(self.days), opens=opens, closes=closes or MIDNIGHT,
            country=self.country, part=self.part,
        )  # fmt: skip


class EscalateAt(models.IntegerChoices):
    WARNING = 75, "75 % of the time"
    LAST_WARNING = 90, "90 % of the time"
    BREACH = 100, "The breach"


class SlaPolicy(Audited):
    """The first by ``position`` that fits an issue decides; an empty condition fits every issue.

    Targets are minutes; an empty one has no clock. What follows ``rule_at`` is done once, when that much of a
    target's time is used up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40)
    position = models.PositiveIntegerField(default=0)
    priority = models.CharField(max_length=8, choices=Priority, blank=True)
    issue_type = models.CharField(max_length=20, choices=IssueType, blank=True)
    store = models.ForeignKey("orders.Store", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    for_escalated = models.BooleanField("for escalated issues", default=False)
    first_response = models.PositiveIntegerField("first response within (minutes)", null=True, blank=True)
    next_response = models.PositiveIntegerField("next response within (minutes)", null=True, blank=True)
    resolution = models.PositiveIntegerField("resolution within (minutes)", null=True, blank=True)
    in_business_hours = models.BooleanField("count business hours only", default=True)
    rule_at = models.PositiveSmallIntegerField("act at", choices=EscalateAt, null=True, blank=True)
    rule_escalates = models.BooleanField("escalate the issue", default=False)
    rule_priority = models.CharField("raise the priority to", max_length=8, choices=Priority, blank=True)
    rule_team = models.ForeignKey(
        "issues.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="give it to"
    )
    is_retired = models.BooleanField("retired", default=False)

    history = AuditTrail()
    objects: ClassVar[OfStoreQuerySet["SlaPolicy"]] = OfStoreQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["position", "id"]
        verbose_name = "deadline policy"
        verbose_name_plural = "deadline policies"

    def __str__(self) -> str:
        return self.name


class CalendarLink(models.Model):
    """Opens somebody's follow-ups as a calendar. The secret itself is shown once and kept nowhere."""

    employee = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="calendar_link"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"Calendar of {self.employee_id}"

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()


_HOURS = Prepared(
    lambda: BusinessHours.objects.filter(Q(store=Parameter("store", models.CharField())) | Q(store=None)).order_by(
        models.F("store").asc(nulls_last=True)
    )
)
