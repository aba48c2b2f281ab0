"""What the palette finds: issues by number, order or words, and orders by their beginning."""

from django.db.models import Q, QuerySet

from accounts.actor import Grants
from common import clock
from issues.models import Issue
from issues.search import matching
from orders.models import Order

FEW = 6
SHORTEST, LONGEST = 2, 100  # letters; of words three, which the index knows
YEARS = 3  # back, in which a bare number is looked for


def issues_by_number(words: str, *, grants: Grants) -> QuerySet[Issue]:
    """``ISS-2026-000042``, or ``42`` of this year and of those before."""
    numbers = [words.upper()]
    if words.isdecimal() and words.isascii():
        year = clock.now().year
        numbers = [f"ISS-{each}-{int(words):06d}" for each in range(year, year - YEARS, -1)]
    return _few(Issue.objects.visible_to(grants).filter(number__in=numbers))


def issues_by_words(words: str, *, grants: Grants) -> QuerySet[Issue]:
    return _few(Issue.objects.visible_to(grants).filter(matching(words)))


def orders_by_beginning(words: str, *, grants: Grants) -> QuerySet[Order]:
    begins_so = Q(pk__startswith=words) | Q(pk__startswith=words.upper())
    return Order.objects.visible_to(grants).filter(begins_so).select_related("customer").order_by("pk")[:FEW]


def _few(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    return issues.select_related("order__customer").order_by("-created_at", "-id")[:FEW]
