"""What the pages of webhooks share: who may."""

from django.db import models
from django.http import HttpRequest

from accounts.roles import MANAGE_WEBHOOKS


class ForThoseWhoManageWebhooks:
    """For a ModelAdmin: rows are looked at by whoever manages webhooks, and never deleted."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
