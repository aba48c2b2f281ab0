"""What the palette asks as somebody types; the admin's too."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from common.display import in_words
from issues.finding import LONGEST, SHORTEST, issues_by_number, issues_by_words, orders_by_beginning
from issues.models import Issue, SavedView
from issues.queue import MOST_SAVED, VIEWS, queue_at
from issues.web.page import Page
from orders.models import Order

PAGES = {"web": "web:issue", "admin": "admin:issues_issue_change"}
Found = dict[str, str]


class FindPage(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:LONGEST]
        page = PAGES.get(request.GET.get("door", ""), PAGES["web"])
        found = [*_views(words, page), *self.saved_views(words, page)]
        if len(words) >= SHORTEST or words.isdecimal():
            found += self.found(words, page)
        return JsonResponse({"results": found})

    def saved_views(self, words: str, page: str) -> Iterator[Found]:
        """In the admin, whose queue they are of: one's own, and those that others share."""
        if page != PAGES["admin"]:
            return
        for view in SavedView.objects.seen_by(self.actor.person).filter(name__icontains=words)[:MOST_SAVED]:
            hint = "queue" if view.owner_id == self.actor.person.pk else f"queue, of {view.owner.name}"
            yield {"title": view.name, "hint": hint, "url": queue_at(view)}

    def found(self, words: str, page: str) -> Iterator[Found]:
        grants = self.actor.grants
        numbered = list(issues_by_number(words, grants=grants))
        yield from (_issue(issue, page) for issue in numbered)
        yield from (_order(order, page) for order in orders_by_beginning(words, grants=grants))
        if not numbered and len(words) > SHORTEST:
            yield from (_issue(issue, page) for issue in issues_by_words(words, grants=grants))


def _views(words: str, page: str) -> Iterator[Found]:
    """The queue's ready-made views; all of them where nothing was typed yet."""
    queue = reverse("admin:issues_issue_changelist" if page == PAGES["admin"] else "web:issues")
    for kind in VIEWS.values():
        if words.lower() in kind.title.lower():
            yield {"title": kind.title, "hint": "queue", "url": f"{queue}?{urlencode(kind.parameters())}"}


def _issue(issue: Issue, page: str) -> Found:
    hint = f"{in_words(issue.status)} · {issue.order.customer or issue.order_id}"
    return {
        "title": f"{issue.number} {in_words(issue.issue_type)}",
        "hint": hint,
        "url": reverse(page, args=[issue.pk]),
    }


def _order(order: Order, page: str) -> Found:
    """The web pages have none of an order: its issues, then."""
    in_admin = page == PAGES["admin"]
    issues = f"{reverse('web:issues')}?{urlencode({'q': order.pk})}"
    url = reverse("admin:orders_order_change", args=[order.pk]) if in_admin else issues
    return {"title": f"Order {order.pk}", "hint": str(order.customer or ""), "url": url}
