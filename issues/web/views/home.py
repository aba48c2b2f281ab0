"""What needs somebody now."""

from django.http import HttpRequest, HttpResponse

from events.inbox import news_of
from issues.models import Approval
from issues.short_lists import FEW, FOR_MANAGERS, MINE, short_lists
from issues.web.page import Page


class HomePage(Page):
    template = "issues/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Approval.objects.visible_to(self.actor.grants).pending().in_full()
        unread = [each for each in news_of(self.actor.person) if each.read_at is None]
        return self.show(
            {
                "approvals": waiting.order_by("created_at", "id")[:FEW],
                "short_lists": short_lists(FOR_MANAGERS, actor=self.actor),
                "own_lists": short_lists([MINE], actor=self.actor),
                "issue_page": "web:issue",
                "news": unread[:FEW],
            }
        )
