"""A prepared text, with what is done to an issue when it is said."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id
from issues.workflow import Priority, Status

if TYPE_CHECKING:
    from accounts.models import Employee


class Sharing(models.TextChoices):
    OWN = "own", "Only me"
    TEAM = "team", "One team"
    ALL = "all", "Everybody"


class MacroUse(models.TextChoices):
    NOTE = "note", "A note for the team"
    COMMUNICATION = "communication", "A word to the customer"


class MacroQuerySet(models.QuerySet["Macro"]):
    def seen_by(self, employee: "Employee") -> "MacroQuerySet":
        theirs = Q(sharing=Sharing.TEAM, shared_with=employee.team_id) if employee.team_id else Q()
        return self.filter(Q(sharing=Sharing.ALL) | Q(sharing=Sharing.OWN, owner=employee) | theirs)

    def in_use(self) -> "MacroQuerySet":
        return self.filter(is_retired=False).select_related("team")


class Macro(Audited):
    """``text`` has placeholders (``issues.placeholders``). What is empty is left as it is on the issue."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    use = models.CharField(max_length=13, choices=MacroUse, default=MacroUse.NOTE)
    text = models.TextField(max_length=2000)
    status = models.CharField(max_length=16, choices=Status, blank=True)
    priority = models.CharField(max_length=8, choices=Priority, blank=True)
    team = models.ForeignKey(
        "issues.Team", on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+"
    )
    sharing = models.CharField(max_length=4, choices=Sharing, default=Sharing.OWN)
    shared_with = models.ForeignKey(
        "issues.Team", on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    is_retired = models.BooleanField("retired", default=False)
    created_at = models.DateTimeField(default=clock.now)

    history = AuditTrail(excluded_fields=["created_at", "owner"])
    objects = MacroQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        permissions = [("share_macro", "Can share macros with others, and change shared ones")]
        constraints = [
            models.CheckConstraint(condition=Q(sharing__in=Sharing.values), name="macro_sharing_known"),
            models.CheckConstraint(condition=Q(use__in=MacroUse.values), name="macro_use_known"),
        ]

    def __str__(self) -> str:
        return self.name
