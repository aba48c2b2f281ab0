"""The chat rooms that are told: a channel of Slack, Teams and the like, for a team or for all."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from common.admin import Kept
from common.as_seen import AsSeen, AsSeenMixin
from events import kinds
from events.channels.chat import UnfitAddress, sealed, service_at
from events.models import ChatRoom


class ChatRoomForm(AsSeen):
    """The address is a secret: it is taken, and never shown again."""

    address = forms.CharField(
        required=False,
        max_length=1000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text="In Apprise's form, like slack://… or workflows://…; left empty it stays as it is.",
    )
    kinds = forms.MultipleChoiceField(widget=UnfoldAdminCheckboxSelectMultipleWidget, label="Hears of")

    class Meta:
        model = ChatRoom
        fields = ("name", "address", "kinds", "team", "is_enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["address"] = ""
        hears = cast(forms.MultipleChoiceField, self.fields["kinds"])
        hears.choices = [(kind.name, kind.label) for kind in kinds.described()]

    def clean_address(self) -> str:
        given = self.cleaned_data["address"].strip()
        if not given and not self.instance.address:
            raise forms.ValidationError("Give the address of the room.")
        if not given:
            return self.instance.address
        try:
            service_at(given)
        except UnfitAddress as error:
            raise forms.ValidationError(str(error)) from error
        return sealed(given)


@admin.register(ChatRoom)
class ChatRoomAdmin(AsSeenMixin, Kept, ModelAdmin):
    form = ChatRoomForm
    list_display = ("name", "team", "hears", "is_enabled")
    list_select_related = ("team",)
    list_fullwidth = True
    ordering = ("name",)
    actions = None

    @admin.display(description="hears of")
    def hears(self, room: ChatRoom) -> str:
        return ", ".join(room.kinds)
