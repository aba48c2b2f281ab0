"""What the pages of events and webhooks share: who may, and how an action's refusal is a message."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse

from accounts.roles import MANAGE_WEBHOOKS
from common.errors import DeskError


class ForThoseWhoManageWebhooks:
    """For a ModelAdmin: rows are looked at by whoever manages webhooks, and never deleted."""

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def carry_out(request: HttpRequest, deed: Callable[[], Any], *, done: str, page: str) -> HttpResponse:
    """Call ``deed``, say what came of it, and show ``page``."""
    try:
        deed()
    except DeskError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return HttpResponse(headers={"HX-Redirect": page})
