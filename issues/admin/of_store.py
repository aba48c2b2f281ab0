"""What the pages share of what is of one store, or of every store."""

from typing import Any

from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from accounts.browser import actor_of
from orders.models import Store

YOURS = "One of your stores."


class OfStoreMixin:
    """For the ModelAdmin: who sees some stores alone writes what is of these, and looks at what is of every store."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return rows.visible_to(actor_of(request, via="admin").grants)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._covers(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._covers(request, obj)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "store":
            grants = actor_of(request, via="admin").grants
            kwargs["queryset"] = Store.objects.visible_to(grants)
            if not grants.cover(None):
                kwargs |= {"required": True, "help_text": YOURS}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def _covers(self, request: HttpRequest, row: Any) -> bool:
        return row is None or actor_of(request, via="admin").grants.cover(row.store_id)
