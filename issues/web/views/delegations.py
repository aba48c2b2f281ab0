"""Who decides while one is away, and for whom one stands in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.roles import DECIDE_APPROVAL
from common import clock
from common.errors import NotFound
from issues.actions.delegate import end_delegation
from issues.forms import DelegationForm
from issues.models import Delegation
from issues.web.page import Page

FEW = 20


class DelegationsPage(Page):
    template = "issues/delegations.html"
    permission = DECIDE_APPROVAL

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_all(DelegationForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DelegationForm(request.POST, actor=self.actor)
        if not form.submit():
            return self.show_all(form)
        messages.success(request, f"{form.cleaned_data['delegate'].name} decides for you in these days.")
        return redirect("web:delegations")

    def show_all(self, form: DelegationForm) -> HttpResponse:
        mine = Delegation.objects.of(self.actor.person).select_related("decider", "delegate")
        held = mine.not_over(clock.now()).order_by("starts_at", "id")
        past = mine.exclude(pk__in=held.values("pk")).order_by("-ends_at", "-id")[:FEW]
        return self.show({"form": form, "held": held, "past": past, "now": clock.now()}, status=form.http_status)


class EndDelegation(DelegationsPage):
    http_method_names = ["post"]

    def page_of_form(self) -> str:
        return reverse("web:delegations")

    def post(self, request: HttpRequest, delegation_id: UUID) -> HttpResponse:  # type: ignore[override]
        try:
            end_delegation(delegation_id, actor=self.actor)
            messages.success(request, "You decide yourself again.")
        except NotFound as refusal:
            messages.error(request, refusal.message)
        return redirect("web:delegations")
