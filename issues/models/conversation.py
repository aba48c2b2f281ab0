"""What was said about an issue. Every row is added once and never changed; so is what the search looks through."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common import clock
from common.ids import new_id
from common.prepared import PreparedWrites


class Said(PreparedWrites):
    """Who said it, with which key and through which door."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    key_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=8)
    request_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class Note(Said):
    """An internal note; ``issue_version`` is the update that brought it."""

    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="notes")
    issue_version = models.PositiveIntegerField()
    body = models.TextField(max_length=2000)

    class Meta:
        indexes = [models.Index(fields=["issue", "created_at", "id"], name="note_of_issue")]

    def __str__(self) -> str:
        return self.body[:80]


class CommunicationQuerySet(models.QuerySet["Communication"]):
    def newest(self) -> "Communication | None":
        """What was said last, whenever it was written down."""
        return self.order_by("-occurred_at", "-created_at", "-pk").first()


class Communication(Said):
    """A word with the customer."""

    class Channel(models.TextChoices):
        PHONE = "phone"
        EMAIL = "email"
        CHAT = "chat"
        SMS = "sms"
        IN_PERSON = "in_person"

    class Direction(models.TextChoices):
        INBOUND = "inbound"
        OUTBOUND = "outbound"

    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="communications")
    channel = models.CharField(max_length=16, choices=Channel)
    direction = models.CharField(max_length=8, choices=Direction)
    body = models.TextField(max_length=5000)
    occurred_at = models.DateTimeField(default=clock.now)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["issue", "created_at", "id"], name="communication_of_issue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=["inbound", "outbound"]), name="communication_direction_known"
            )
        ]

    def __str__(self) -> str:
        return self.body[:80]


class Attachment(Said):
    """A file that stands elsewhere, by its https address; the desk never fetches it."""

    issue = models.ForeignKey("issues.Issue", on_delete=models.PROTECT, related_name="attachments")
    url = models.URLField(max_length=2000)

    def __str__(self) -> str:
        return self.url


class SearchEntry(PreparedWrites):
    """A piece of text by which an issue is found. PostgreSQL adds a ``vector`` column to it (migration 0002)."""

    issue = models.ForeignKey("issues.Issue", on_delete=models.CASCADE, related_name="search_entries")
    is_header = models.BooleanField(default=False)  # number, order and customer: rewritten when the order changes
    text = models.TextField()
