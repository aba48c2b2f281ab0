"""Filters of the list in the admin that mean what the same names mean in the API."""

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from accounts.browser import actor_of
from issues.listing import FILTERS


class ListingFilter(DropdownFilter):
    offered: tuple[tuple[str, str], ...] = ()

    def lookups(self, request: HttpRequest, model_admin) -> tuple[tuple[str, str], ...]:
        return self.offered

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in dict(self.offered):
            return queryset
        return queryset.filter(FILTERS[self.parameter_name]([self.value()], actor_of(request, via="admin")))


class AssigneeFilter(ListingFilter):
    title = "assignee"
    parameter_name = "assigned_to"
    offered = (("me", "Me"), ("none", "Nobody"))


class TimeFilter(ListingFilter):
    title = "time"
    parameter_name = "sla"
    offered = (("breached", "Past due"), ("due", "Due soon"))
