"""What needs somebody now, and how the day goes."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.roles import DECIDE_APPROVAL, VIEW_METRICS
from events.inbox import news_of
from issues.metrics.today import today_against_yesterday
from issues.models import Approval
from issues.short_lists import FEW, FOR_MANAGERS, MINE, short_lists
from issues.waiting import requests_to_decide, what_waits
from issues.web.page import Page


class HomePage(Page):
    template = "issues/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        unread = [each for each in news_of(self.actor.person) if each.read_at is None]
        return self.show(
            {
                **self.requests(),
                "waits": what_waits(self.actor),
                "today": today_against_yesterday(self.actor) if self.actor.may(VIEW_METRICS) else None,
                "short_lists": short_lists(FOR_MANAGERS, actor=self.actor),
                "own_lists": short_lists([MINE], actor=self.actor),
                "issue_page": "web:issue",
                "news": unread[:FEW],
            }
        )

    def requests(self) -> dict[str, Any]:
        """What one may decide, the oldest first, and what one has asked for."""
        asked = Approval.objects.visible_to(self.actor.grants).pending().filter(requested_by=self.actor.person)
        to_decide = requests_to_decide(self.actor) if self.actor.may(DECIDE_APPROVAL) else Approval.objects.none()
        return {
            name: rows.in_full().order_by("created_at", "id")[:FEW]
            for name, rows in (("approvals", to_decide), ("asked", asked))
        }
