"""The audit of one row in the admin: to read, and nothing else.

simple-history brings an admin of its own, and it is not used: its page of an old version writes the row back when
somebody who may only look at it sends a POST, even where reverts are disabled, and it looks past ``get_queryset``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.db.models.options import Options
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from common.audit import Audited, tracked_fields

READ = ("GET", "HEAD")
MOST = 500

# They change with every row and tell of themselves.
PLAIN = frozenset({"version", "updated_at"})


@dataclass(frozen=True)
class Step:
    """One row of the audit, and what it changed: (field, before, after)."""

    row: Model
    changes: list[tuple[str, Any, Any]]


class AuditTrailMixin:
    """For the ModelAdmin of an audited model."""

    opts: Options
    admin_site: AdminSite
    get_object: Callable[..., Model | None]
    has_view_permission: Callable[..., bool]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if request.method not in READ:
            return HttpResponseNotAllowed(READ)
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        assert isinstance(row, Audited)
        context = {"opts": self.opts, "original": row, "title": f"History of {row}", "steps": steps_of(row)}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/audit.html", self.admin_site.each_context(request) | context)


def steps_of(row: Audited) -> list[Step]:
    """The newest first, and at most ``MOST``."""
    fields = [field for field in tracked_fields(type(row)) if field.name not in PLAIN]
    related = [field.name for field in fields if field.is_relation]
    rows = list(row.history.select_related("history_user", *related).order_by("-history_id")[: MOST + 1])
    steps = [Step(later, list(_changes(fields, earlier, later))) for later, earlier in pairwise(rows)]
    return steps if len(rows) > MOST else [*steps, *(Step(first, []) for first in rows[-1:])]


def _changes(fields: list, earlier: Model, later: Model) -> Iterable[tuple[str, Any, Any]]:
    for field in fields:
        if getattr(earlier, field.attname) != getattr(later, field.attname):
            yield field.verbose_name, getattr(earlier, field.name), getattr(later, field.name)
