"""Macros: everybody's own ones, and the shared ones. Saving one is an action."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.actor import Actor
from accounts.browser import actor_of
from accounts.roles import SHARE_MACRO, WORK_ISSUE
from common.as_seen import AsSeen, AsSeenMixin
from common.audit_admin import AuditTrailMixin
from common.display import NOTHING, in_words
from issues.actions.write_macro import FIELDS, macro_errors, write_macro
from issues.models import Macro
from issues.models.macro import Sharing
from issues.placeholders import PLACEHOLDERS


class MacroForm(AsSeen):
    """``actor`` is set by the admin. Whoever may not share is offered what is their own alone."""

    actor: Actor

    class Meta:
        model = Macro
        fields = FIELDS
        help_texts = {
            "text": "It may name: " + ", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS) + ".",
            "team": "To which the issue goes; empty: it stays where it is.",
            "shared_with": "Where it is shared with one team.",
            "is_retired": "It is no longer offered.",
        }
        labels = {"use": "What it is", "team": "Team", "status": "Status", "priority": "Priority"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sharing: Any = self.fields.get("sharing")
        if sharing is not None and not self.actor.may(SHARE_MACRO):
            sharing.choices = [(Sharing.OWN.value, Sharing.OWN.label)]

    def clean(self) -> dict[str, Any]:
        super().clean()
        for field, messages in macro_errors(self.cleaned_data).items():
            for message in messages:
                self.add_error(field, message)
        return self.cleaned_data


@admin.register(Macro)
class MacroAdmin(AsSeenMixin, AuditTrailMixin, ModelAdmin):
    form = MacroForm
    list_display = ("name", "use", "does", "sharing_in_words", "owner", "is_retired")
    list_filter = (("use", ChoicesDropdownFilter), ("sharing", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("team", "shared_with", "owner")
    search_fields = ("name", "text")
    ordering = ("is_retired", "name", "id")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Macro]:
        return Macro.objects.seen_by(actor_of(request, via="admin").person)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = actor_of(request, via="admin")
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(WORK_ISSUE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own, or a shared one for those who share."""
        is_own = obj is None or obj.sharing == Sharing.OWN
        return request.user.has_perm(WORK_ISSUE if is_own else SHARE_MACRO)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Macro, form: Any, change: bool) -> None:
        actor = actor_of(request, via="admin")
        written = write_macro(form.cleaned_data, actor=actor, macro_id=obj.pk if change else None)
        obj.__dict__.update(written.__dict__)

    @display(description="Does")
    def does(self, macro: Macro) -> str:
        parts = [in_words(each) for each in (macro.status, macro.priority) if each]
        return " · ".join([*parts, *([macro.team.name] if macro.team else [])]) or NOTHING

    @display(description="For")
    def sharing_in_words(self, macro: Macro) -> str:
        return str(macro.shared_with) if macro.shared_with else macro.get_sharing_display()
