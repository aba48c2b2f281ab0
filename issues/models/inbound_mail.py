"""Mail that came in: kept as it came until it has found its issue, or a person has looked at it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from common import clock
from common.ids import new_id
from common.leases import LeasedQuerySet
from events.models import Leased

if TYPE_CHECKING:
    from accounts.actor import Grants


class InboundMailQuerySet(LeasedQuerySet["InboundMail"]):
    def visible_to(self, grants: "Grants") -> "InboundMailQuerySet":
        """What has found no issue is for those who see every store."""
        return self if grants.stores is None else self.filter(issue__order__store__in=grants.stores)

    def placed_from(self, sender: str, issue) -> "InboundMailQuerySet":
        return self.filter(sender=sender, issue=issue, outcome=InboundMail.Outcome.PLACED)


class InboundMail(Leased):
    """``fingerprint`` is its Message-ID, or the hash of a mail that has none: each is taken once."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        PLACED = "placed"
        UNPLACED = "unplaced"  # a person must look
        IGNORED = "ignored"  # written by a machine, or by ourselves

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fingerprint = models.CharField(max_length=255, unique=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    raw = models.BinaryField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    because = models.CharField(max_length=200, blank=True)
    issue = models.ForeignKey("issues.Issue", on_delete=models.CASCADE, null=True, related_name="inbound_mails")
    communication = models.ForeignKey("issues.Communication", on_delete=models.CASCADE, null=True, related_name="+")
    received_at = models.DateTimeField(default=clock.now)

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "placed", "unplaced", "ignored"]), name="inbound_outcome_known"
            )
        ]
        indexes = [
            # issues.mail.place: what is due
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="inbound_mail_due"
            ),
            # the admin's list, and what is forgotten for its age
            models.Index(fields=["-received_at", "-id"], name="inbound_mail_newest"),
        ]

    def __str__(self) -> str:
        return self.subject or "(no subject)"
