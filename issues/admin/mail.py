"""Mail that came in, what of it needs a person, and the texts that customers are sent."""

from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.browser import actor_of
from accounts.roles import WORK_ISSUE
from common.admin import ReadOnlyMixin
from common.as_seen import AsSeen, AsSeenMixin
from common.dialogs import DialogForm, dialog_action, done
from common.display import badge, moment
from common.placeholders import unknown_in
from issues.actions.place_mail_by_hand import place_by_hand
from issues.admin.of_store import OfStoreMixin
from issues.customer_texts import PLACES
from issues.mail.parse import Mail
from issues.models import CustomerText, InboundMail

GONE = "It was put into its issue, or needed nobody."


class PlaceForm(DialogForm):
    number = forms.CharField(label="Issue number", max_length=20, widget=UnfoldAdminTextInputWidget)


PLACE = {
    "title": "Put this mail into an issue",
    "description": "It becomes a word of the customer there.",
    "form_class": PlaceForm,
    "form_submit_text": "Put it there",
}


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnlyMixin, ModelAdmin):
    list_display = ("received", "sender", "subject", "outcome_badge", "issue", "because")
    list_display_links = ("received", "subject")
    list_filter = (("outcome", ChoicesDropdownFilter),)
    list_filter_submit = True
    list_fullwidth = True
    list_select_related = ("issue",)
    fields = ("received", "sender", "subject", "outcome_badge", "because", "last_error", "issue", "answer")
    readonly_fields = fields
    ordering = ("-received_at", "-id")
    sortable_by = ()
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = None
    actions_detail = ("place",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundMail]:
        rows = InboundMail.objects.visible_to(actor_of(request, via="admin").grants)
        is_one = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return rows if is_one else rows.defer("raw")

    def has_place_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None or not request.user.has_perm(WORK_ISSUE):
            return False
        return self.get_queryset(request).filter(pk=object_id, outcome=InboundMail.Outcome.UNPLACED).exists()

    @display(description="Received")
    def received(self, mail: InboundMail) -> str:
        return moment(mail.received_at)

    @display(description="Outcome")
    def outcome_badge(self, mail: InboundMail) -> str:
        return badge(mail.outcome)

    @display(description="What it says")
    def answer(self, mail: InboundMail) -> str:
        return Mail(bytes(mail.raw)).answer if mail.raw else GONE

    @dialog_action(PLACE, description="Put into an issue", permissions=["place"])
    def place(self, request: HttpRequest, form: PlaceForm, object_id: str) -> HttpResponse:
        placed = place_by_hand(UUID(object_id), form.cleaned_data["number"], actor=actor_of(request, via="admin"))
        page = reverse("admin:issues_issue_change", args=[placed.issue_id])
        return done(request, "The mail stands in its issue now.", page)


class CustomerTextForm(AsSeen):
    class Meta:
        model = CustomerText
        fields = ("kind", "store", "language", "subject", "body")
        help_texts = {
            "body": "It may name " + ", ".join(f"{{{{{name}}}}} ({words})" for name, words in PLACES.items()) + ".",
        }

    def clean_language(self) -> str:
        return self.cleaned_data["language"].strip().lower()

    def clean_subject(self) -> str:
        return self._known("subject")

    def clean_body(self) -> str:
        return self._known("body")

    def _known(self, name: str) -> str:
        text = self.cleaned_data[name]
        if unknown := unknown_in(text, PLACES):
            raise forms.ValidationError(f"There is no {', '.join(unknown)}; there is {', '.join(PLACES)}.")
        return text


@admin.register(CustomerText)
class CustomerTextAdmin(AsSeenMixin, OfStoreMixin, ModelAdmin):
    form = CustomerTextForm
    list_display = ("kind", "store", "language", "subject")
    list_filter = (("kind", ChoicesDropdownFilter),)
    list_filter_submit = True
    list_select_related = ("store",)
    list_fullwidth = True
    ordering = ("kind", "store", "language")
    actions = None
