"""Lists of refunds that somebody has to work through: what needs a person, and what is late."""

from collections.abc import Callable

from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.actor import Actor
from accounts.roles import DECIDE_APPROVAL, START_REFUND
from common import clock
from common.display import NOTHING, moment
from refunds.admin.possible import KINDS
from refunds.models import Refund, RefundAttempt, RefundQuerySet, RefundStatus
from refunds.providers import is_paid_by_hand
from refunds.words import days_overdue, why_in_review

# By the parameters of the list's address.
NEEDS_REVIEW = {"status__exact": RefundStatus.NEEDS_REVIEW.value}
OVERDUE = {"arrival": "overdue"}
TITLES = {kind.name: kind.title for kind in KINDS}
DIALOG_LINK = (
    '<a class="offer" href="{0}" hx-get="{0}" hx-target="#modal-content" hx-select="#dialog"'
    ' x-on:htmx:after-on-load="openModal = true">{1}</a>'
)


class OverdueFilter(DropdownFilter):
    """A list for finance: past the day on which the money should have arrived."""

    title = "arrival"
    parameter_name = "arrival"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("overdue", "Overdue")]

    def queryset(self, request: HttpRequest, queryset: RefundQuerySet) -> RefundQuerySet:
        return queryset.overdue(clock.now().date()) if self.value() == "overdue" else queryset


def is_asked_for(preset: dict[str, str], request: HttpRequest) -> bool:
    return all(request.GET.get(name) == value for name, value in preset.items())


def with_last_attempt(refunds: RefundQuerySet) -> RefundQuerySet:
    """Each with its tries, and since when it stands where it stands (``stands_since``)."""
    newest = Refund.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_id")
    tries = Prefetch("attempts", RefundAttempt.objects.order_by("-number"), to_attr="tries")
    return refunds.annotate(stands_since=Subquery(newest.values("history_date")[:1])).prefetch_related(tries)


@display(description="Why")
def why(refund) -> str:
    return why_in_review(refund.tries[0] if refund.tries else None)


@display(description="Since")
def since(refund) -> str:
    return moment(refund.stands_since)


@display(description="Days overdue")
def overdue_days(refund: Refund) -> str:
    days = days_overdue(refund)
    return format_html('<span class="badge is-late">{} day{}</span>', days, "" if days == 1 else "s")


def offers_for(actor: Actor) -> Callable[[Refund], SafeString | str]:
    """A column with what ``actor`` can do about each refund that needs a review."""
    may_ask, may_say = actor.may(START_REFUND), actor.may(DECIDE_APPROVAL)

    @display(description="What you can do")
    def offers(refund) -> SafeString | str:
        can_ask = may_ask and refund.tries and not is_paid_by_hand(refund)
        can_say = may_say and refund.requested_by_id != actor.person.pk
        names = [name for name, can in (("look_up", can_ask), ("confirm", can_say)) if can]
        links = ((reverse(f"admin:refunds_refund_{name}", args=[refund.pk]), TITLES[name]) for name in names)
        return format_html_join(" ", DIALOG_LINK, links) or NOTHING

    return offers
