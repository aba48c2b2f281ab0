"""A word on an issue by which people find it again."""

import unicodedata

from django.db import models
from django.db.models import Q

from common.audit import Audited, AuditTrail
from common.ids import new_id


class TagQuerySet(models.QuerySet["IssueTag"]):
    def on(self) -> "TagQuerySet":
        return self.filter(is_on=True)


class IssueTag(Audited):
    """Taken off, the row stays and says so; put on again, it is the same row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=32)
    is_on = models.BooleanField(default=True)

    history = AuditTrail(excluded_fields=["issue"])
    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "name"], name="one_row_per_tag_and_issue")]
        indexes = [
            # the list's filter by tag
            models.Index(fields=["name", "issue"], condition=Q(is_on=True), name="tag_on_issue"),
        ]

    def __str__(self) -> str:
        return self.name


def normalised(name: str) -> str:
    """``Very  Fragile`` as ``very-fragile``: so that one word is one tag, however it is written."""
    return "-".join(unicodedata.normalize("NFKC", name).casefold().split())
