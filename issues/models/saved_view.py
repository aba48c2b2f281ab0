"""A view of the queue that an agent keeps: filters, order and columns, by the query of its address."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from common import clock
from common.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Employee


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, employee: "Employee") -> "SavedViewQuerySet":
        return self.filter(Q(owner=employee) | Q(is_shared=True)).select_related("owner").order_by("name", "id")


class SavedView(models.Model):
    """It holds no issue: whoever opens it finds what they may see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_owner_and_name")]
        indexes = [
            # the queue: the views of others
            models.Index(fields=["name"], condition=Q(is_shared=True), name="saved_view_shared"),
        ]

    def __str__(self) -> str:
        return self.name
