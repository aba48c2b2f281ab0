"""Teams, and where new issues go: what an administrator edits."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.actor import Grants
from accounts.browser import actor_of
from common.admin import Kept, Traced
from common.as_seen import AsSeen, AsSeenMixin
from issues.admin.of_store import OfStoreMixin
from issues.models import RoutingRule, Team
from orders.models import Store


class TeamForm(AsSeen):
    """``grants`` are set by the admin: stores are chosen of those that the employee sees, and the others are kept."""

    grants: Grants

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[Store] = []
        if not self.instance._state.adding and "stores" in self.initial:
            named = self.initial["stores"]
            self.kept = [store for store in named if not self.grants.cover(store.pk)]
            self.initial["stores"] = [store for store in named if store not in self.kept]
        stores: Any = self.fields.get("stores")
        if stores is not None:
            stores.queryset = stores.queryset.visible_to(self.grants)

    def clean_stores(self) -> QuerySet[Store]:
        """No store at all is every store, which is not for who sees some alone to give."""
        chosen = self.cleaned_data["stores"]
        if not chosen and not self.kept and not self.grants.cover(None):
            raise forms.ValidationError("Name one of your stores.")
        return chosen


@admin.register(Team)
class TeamAdmin(AsSeenMixin, Kept, Traced, ModelAdmin):
    form = TeamForm
    list_display = ("name", "takes_escalations", "sees")
    readonly_fields = ("sees",)
    search_fields = ("name",)
    filter_horizontal = ("stores",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        teams, grants = super().get_queryset(request).prefetch_related("stores"), _grants(request)
        if grants.stores is None:
            return teams
        return teams.prefetch_related(Prefetch("stores", Store.objects.visible_to(grants), to_attr="seen_stores"))

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> tuple[str, ...]:
        """Read-only, Django would name all the stores."""
        is_written = obj is None or self.has_change_permission(request, obj)
        return ("name", "stores" if is_written else "sees", "takes_escalations", "seen")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.grants = _grants(request)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        """A team that works for none of the stores that somebody sees, or for every store, is not theirs to change."""
        may = super().has_change_permission(request, obj)
        if not may or obj is None or _grants(request).cover(None):
            return may
        return any(_grants(request).cover(store.pk) for store in obj.stores.all())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.stores.add(*form.kept)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """For who sees every store: it names those that the team was given and lost."""
        if not _grants(request).cover(None):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    @display(description="sees")
    def sees(self, team: Team) -> str:
        named = team.stores.all()
        if not named:
            return "every store"
        return ", ".join(str(store) for store in getattr(team, "seen_stores", named)) or "none of your stores"


@admin.register(RoutingRule)
class RoutingRuleAdmin(AsSeenMixin, OfStoreMixin, Kept, ModelAdmin):
    """The first rule by position that fits decides."""

    form = AsSeen
    list_display = ("position", "issue_type", "priority", "store", "team")
    list_display_links = ("position", "team")
    list_select_related = ("store", "team")
    ordering = ("position", "id")


def _grants(request: HttpRequest) -> Grants:
    return actor_of(request, via="admin").grants
