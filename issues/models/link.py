"""What one issue has to do with another; a duplicate that was merged is a link, too."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from common import clock
from common.audit import Audited, AuditTrail
from common.ids import new_id

if TYPE_CHECKING:
    from accounts.actor import Grants


class LinkKind(models.TextChoices):
    """Read as: this issue … the other one."""

    DUPLICATE_OF = "duplicate_of", "is a duplicate of"
    RELATED = "related", "is related to"
    CAUSED_BY = "caused_by", "was caused by"

    @property
    def seen_from_the_other(self) -> str:
        """What the other issue has to do with this one, by the same kind of name."""
        return {LinkKind.DUPLICATE_OF: "has_duplicate", LinkKind.CAUSED_BY: "caused"}.get(self, self.value)


class LinkQuerySet(models.QuerySet["IssueLink"]):
    def in_effect(self) -> "LinkQuerySet":
        return self.filter(removed_at=None)

    def of(self, issue: Any) -> "LinkQuerySet":
        """Of an issue or its key, on either side."""
        return self.filter(Q(issue=issue) | Q(other=issue))

    def visible_to(self, grants: "Grants") -> "LinkQuerySet":
        """Those of whose issues somebody sees both."""
        if grants.stores is None:
            return self
        return self.filter(issue__order__store__in=grants.stores, other__order__store__in=grants.stores)

    def merges(self) -> "LinkQuerySet":
        return self.in_effect().exclude(status_before="")


class IssueLink(Audited):
    """Removed, the row stays and says so. ``status_before`` is where a merged duplicate stood; else it is empty."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="links_here")
    kind = models.CharField(max_length=12, choices=LinkKind)
    status_before = models.CharField(max_length=16, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    history = AuditTrail(excluded_fields=["created_at", "created_by"])
    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="link_kind_known"),
            models.CheckConstraint(condition=~Q(issue=F("other")), name="link_to_another_issue"),
            models.CheckConstraint(
                condition=Q(status_before="") | Q(kind="duplicate_of"), name="link_merges_duplicates"
            ),
            models.UniqueConstraint(
                Least("issue", "other"), Greatest("issue", "other"), condition=Q(removed_at=None),
                name="one_link_between_two_issues",
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(removed_at=None, kind="duplicate_of"), name="one_original_per_duplicate"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.issue_id} {self.kind} {self.other_id}"

    @property
    def is_merge(self) -> bool:
        return bool(self.status_before)
