"""The admin of what is changed elsewhere: it shows, and nothing else."""

from django.db import models
from django.http import HttpRequest


class ReadOnlyMixin:
    """For a ModelAdmin or an inline: rows are neither added, changed nor deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
