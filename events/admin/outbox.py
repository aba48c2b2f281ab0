"""What happened, and whether whoever subscribed was told: for administrators, who see to what was given up."""

from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.paginator import InfinitePaginator

from accounts.actions.revoke_key import CHANGE_KEY
from accounts.browser import actor_of
from common.admin import ReadOnlyMixin
from common.dialogs import DialogForm, dialog_action, done
from events.actions.tell_again import tell_again
from events.models import Event, EventQuerySet

TRY_ANEW = {"title": "Tell of this event again?", "form_submit_text": "Tell again"}


class UntoldFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("given_up", "Given up"), ("waiting", "Waiting")]

    def queryset(self, request: HttpRequest, queryset: EventQuerySet) -> QuerySet:
        if self.value() == "given_up":
            return queryset.untold()
        return queryset.exclude(next_attempt_at=None) if self.value() == "waiting" else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyMixin, ModelAdmin):
    list_display = ("created_at", "name", "order_id", "attempts", "next_attempt_at", "last_error")
    list_filter = (UntoldFilter,)
    list_filter_submit = True
    list_fullwidth = True
    search_fields = ("name", "order_id", "request_id")
    ordering = ("-created_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    actions_detail = ("try_anew",)

    def get_queryset(self, request: HttpRequest) -> EventQuerySet:
        return super().get_queryset(request).visible_to(actor_of(request, via="admin").grants)

    def has_view_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return request.user.has_perm(CHANGE_KEY)

    def has_try_anew_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None or not self.has_view_permission(request):
            return False
        return self.get_queryset(request).untold().filter(pk=object_id).exists()

    @dialog_action(TRY_ANEW, description="Tell again", permissions=["try_anew"])
    def try_anew(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        tell_again(UUID(object_id), actor=actor_of(request, via="admin"))
        return done(request, "It is told again within seconds.", reverse("admin:events_event_change", args=[object_id]))
