"""Teams, and where new issues go: what an administrator edits."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from common.admin import Kept, Traced
from common.as_seen import AsSeen, AsSeenMixin
from issues.models import RoutingRule, Team


@admin.register(Team)
class TeamAdmin(AsSeenMixin, Kept, Traced, ModelAdmin):
    form = AsSeen
    list_display = ("name", "takes_escalations", "sees")
    search_fields = ("name",)
    filter_horizontal = ("stores",)

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("stores")

    @admin.display(description="sees")
    def sees(self, team: Team) -> str:
        return ", ".join(str(store) for store in team.stores.all()) or "every store"


@admin.register(RoutingRule)
class RoutingRuleAdmin(AsSeenMixin, Kept, ModelAdmin):
    """The first rule by position that fits decides."""

    form = AsSeen
    list_display = ("position", "issue_type", "priority", "store", "team")
    list_display_links = ("position", "team")
    list_select_related = ("store", "team")
    ordering = ("position", "id")
