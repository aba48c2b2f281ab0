"""What the employee was told in the product."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from events.inbox import mark_read, news_of
from issues.web.page import Page


class NewsPage(Page):
    template = "issues/news.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"news": news_of(self.actor.person)})


class ReadNews(Page):
    """One piece of news, or all of it, is read."""

    http_method_names = ["post"]

    def page_of_form(self) -> str:
        return reverse("web:news")

    def post(self, request: HttpRequest, delivery_id: UUID | None = None) -> HttpResponse:
        mark_read(self.actor.person, delivery_id)
        return redirect("web:news")
