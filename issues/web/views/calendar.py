"""The calendar of one's follow-ups: its secret address, and what it opens."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views import View

from issues.actions.calendar_link import end_calendar_link, make_calendar_link, owner_of
from issues.follow_ups import calendar_of
from issues.models import CalendarLink
from issues.web.page import Page


class CalendarPage(Page):
    template = "issues/calendar.html"

    def get(self, request: HttpRequest, address: str = "") -> HttpResponse:
        link = CalendarLink.objects.filter(employee=self.actor.person).first()
        answer = self.show({"link": link, "address": address})
        answer["Cache-Control"] = "no-store"
        return answer

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("deed") == "end":
            end_calendar_link(actor=self.actor)
            messages.success(request, "The calendar's address opens nothing any more.")
            return redirect("web:calendar")
        token = make_calendar_link(actor=self.actor)
        return self.get(request, request.build_absolute_uri(reverse("web:calendar_feed", args=[token])))


class CalendarFeed(View):
    """For calendar programs, which do not sign in: who knows the address sees it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        owner = owner_of(token)
        if owner is None:
            raise Http404
        answer = HttpResponse(calendar_of(owner), content_type="text/calendar; charset=utf-8")
        answer["Cache-Control"] = "private, no-store"
        answer["Content-Disposition"] = 'inline; filename="follow-ups.ics"'
        return answer
