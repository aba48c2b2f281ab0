"""The customer's page behind the link of the closing message: one question, answered once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.actor import Actor
from issues.actions.answer_satisfaction import LinkUsedUp, answer_satisfaction
from issues.models import SatisfactionLink

ANSWERS = {"yes": True, "no": False}


@method_decorator(never_cache, name="dispatch")
class SatisfactionPage(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = SatisfactionLink.find(token)
        return self.show("ask") if link and link.is_usable else self.show("gone", status=410)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        answer = request.POST.get("satisfied", "")
        if answer not in ANSWERS:
            return self.get(request, token)
        try:
            word = request.POST.get("word", "")
            answer_satisfaction(token, ANSWERS[answer], actor=Actor.system("satisfaction-link"), word=word)
        except LinkUsedUp:
            return self.show("gone", status=410)
        return self.show("thanks" if ANSWERS[answer] else "sorry")

    def show(self, step: str, *, status: int = 200) -> HttpResponse:
        return render(self.request, "issues/satisfaction.html", {"step": step}, status=status)
