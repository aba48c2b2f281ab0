"""A file that somebody put on an issue: its bytes lie in the storage ``uploads``, under a name nobody can guess."""

from typing import TYPE_CHECKING

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from common.audit import Audited, AuditTrail
from common.leases import LeasedQuerySet
from issues.models.conversation import Said

if TYPE_CHECKING:
    from accounts.actor import Grants


class FileQuerySet(LeasedQuerySet["StoredFile"]):
    def visible_to(self, grants: "Grants") -> "FileQuerySet":
        return self if grants.stores is None else self.filter(issue__order__store__in=grants.stores)

    def present(self) -> "FileQuerySet":
        return self.filter(erased_at=None)


class StoredFile(Said, Audited):
    """``name`` is only shown: no path is made of it. Erased, the row stays and its bytes and name are gone.

    ``next_attempt_at``: when its thumbnail is to be made; null where there is none to make.
    """

    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=150, blank=True)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=200, blank=True)
    thumbnail_as = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    history = AuditTrail(
        excluded_fields=[
            "issue", "name", "author", "key_id", "via", "request_id", "created_at", "next_attempt_at", "leased_until",
            "attempts", "stored_as", "thumbnail_as",
        ]
    )  # fmt: skip
    objects = FileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["issue", "created_at", "id"], name="file_of_issue"),
            # actions.make_thumbnail
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="file_due"),
        ]

    def __str__(self) -> str:
        return self.name or "an erased file"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def ending(self) -> str:
        return self.name.rpartition(".")[2].lower()

    @staticmethod
    def storage() -> Storage:
        return storages["uploads"]
