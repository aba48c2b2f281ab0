"""How somebody hears of things, and the link in a mail by which they hear less."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.actor import Actor
from common.errors import ValidationFailed
from events.actions.choose_notifications import switch_off_mails
from events.unsubscribe import read
from issues.forms.notifications import NotificationsForm
from issues.web.page import Page


class NotificationsPage(Page):
    template = "issues/notifications.html"
    permission = ""  # one's own choices

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"form": NotificationsForm(actor=self.actor)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NotificationsForm(request.POST, actor=self.actor)
        if not form.submit():
            return self.show({"form": form}, status=form.http_status)
        messages.success(request, "It is noted how you hear of things.")
        return redirect("web:notifications")


@method_decorator([never_cache, csrf_exempt], name="dispatch")
class UnsubscribePage(View):
    """A mailbox posts here by itself and has no token of ours (RFC 8058); a person sees a button first."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show("ask") if read(token) else self.show("gone", status=410)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        signed = read(token)
        if signed is None:
            return self.show("gone", status=410)
        try:
            switch_off_mails(*signed, actor=Actor.system("unsubscribe-link"))
        except ValidationFailed:  # of a kind that there is no more
            return self.show("gone", status=410)
        return self.show("done")

    def show(self, step: str, *, status: int = 200) -> HttpResponse:
        return render(self.request, "issues/unsubscribe.html", {"step": step}, status=status)
