"""How somebody wants to hear of things, and the chat rooms that hear of them."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models

from common.prepared import Prepared

MORNING = time(8)


class Mode(models.TextChoices):
    AT_ONCE = "at_once"
    DIGEST = "digest"
    OFF = "off"  # by mail and chat; the product's own list has everything


class NotificationSettings(models.Model):
    """Without a row: the defaults. Times are of ``time_zone``; ``chat`` is an Apprise address, sealed."""

    employee = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="notification_settings"
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    digest_at = models.TimeField(default=MORNING)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    chat = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return f"of {self.employee_id}"


class NotificationChoice(models.Model):
    """Of one kind of message; without a row it is told at once."""

    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices"
    )
    kind = models.CharField(max_length=32)
    mode = models.CharField(max_length=8, choices=Mode)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "kind"], name="one_choice_per_employee_and_kind"),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="notification_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"


class ChatRoomQuerySet(models.QuerySet["ChatRoom"]):
    def hearing(self, kind: str, team_id: int | None) -> "list[ChatRoom]":
        """The rooms of the team, and of all teams, that want to hear of ``kind``."""
        rooms = _ROOMS.fetch()  # a handful in all
        return [room for room in rooms if kind in room.kinds and room.team_id in (None, team_id)]


class ChatRoom(models.Model):
    """A channel of Slack, Teams and the like; ``address`` is an Apprise address, sealed."""

    name = models.CharField(max_length=64, unique=True)
    address = models.TextField()
    kinds = models.JSONField(default=list)
    team = models.ForeignKey("issues.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    is_enabled = models.BooleanField(default=True)

    objects: ClassVar[ChatRoomQuerySet] = ChatRoomQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name


_ROOMS = Prepared(lambda: ChatRoom.objects.filter(is_enabled=True))
