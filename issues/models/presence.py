"""Who has an issue open: rows that matter for less than a minute, and that no audit keeps."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from common import clock

if TYPE_CHECKING:
    from accounts.actor import Actor
    from issues.models.issue import Issue

LASTS = timedelta(seconds=45)  # three beats of an open page


class PresenceQuerySet(models.QuerySet["Presence"]):
    def fresh(self) -> "PresenceQuerySet":
        return self.filter(seen_at__gt=clock.now() - LASTS)

    def of_others(self, issue: "Issue", *, actor: "Actor") -> "PresenceQuerySet":
        """Who else has ``issue`` open now."""
        others = self.fresh().filter(issue=issue).exclude(employee=actor.person)
        return others.select_related("employee").order_by("employee__first_name", "employee__username")

    def note(self, issue: "Issue", *, actor: "Actor") -> None:
        """``actor`` has ``issue`` open at this moment."""
        Presence.objects.bulk_create(
            [Presence(issue=issue, employee=actor.person, seen_at=clock.now())],
            update_conflicts=True, unique_fields=["issue", "employee"], update_fields=["seen_at"],
        )  # fmt: skip

    def end(self, issue: "Issue", *, actor: "Actor") -> None:
        self.filter(issue=issue, employee=actor.person).delete()

    def forget_stale(self) -> None:
        self.filter(seen_at__lte=clock.now() - LASTS).delete()


class Presence(models.Model):
    issue = models.ForeignKey("issues.Issue", on_delete=models.CASCADE, db_constraint=False, related_name="+")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    seen_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # whoever sees the issue is there
        constraints = [models.UniqueConstraint(fields=["issue", "employee"], name="one_presence_in_issue")]
        indexes = [models.Index(fields=["seen_at"], name="presence_seen")]  # forget_stale

    def __str__(self) -> str:
        return f"{self.employee_id} at {self.issue_id}"
