"""Teams, and the rules by which a new issue finds its team: data that an administrator edits."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from issues.models.of_store import OfStoreQuerySet
from issues.workflow import IssueType, Priority


def works_for(store: Any, *, team: str = "") -> Q:
    """Of rows whose ``team`` is there by this path, or of teams: those that work for the store, as all do by default.

    Who can't see an issue is given none, and told of none.
    """
    return Q(**{f"{team}stores": None}) | Q(**{f"{team}stores": store})


class TeamQuerySet(models.QuerySet["Team"]):
    def that_take_escalations(self, store: str) -> "TeamQuerySet":
        return self.filter(works_for(store), takes_escalations=True)


class Team(models.Model):
    """``stores`` empty: its members see every store."""

    name = models.CharField(max_length=64, unique=True)
    stores = models.ManyToManyField("orders.Store", blank=True, related_name="teams")
    takes_escalations = models.BooleanField(default=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["takes_escalations"], condition=Q(takes_escalations=True), name="one_escalation_team"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """The first rule by ``position`` that fits decides; an empty condition fits every issue."""

    position = models.PositiveIntegerField(default=0)
    issue_type = models.CharField(max_length=20, choices=IssueType, blank=True)
    priority = models.CharField(max_length=8, choices=Priority, blank=True)
    store = models.ForeignKey("orders.Store", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="routing_rules")

    objects: ClassVar[OfStoreQuerySet["RoutingRule"]] = OfStoreQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        conditions = [self.issue_type, self.priority, self.store_id]
        return f"{' and '.join(filter(None, conditions)) or 'everything'} to {self.team}"
