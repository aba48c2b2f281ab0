"""The figures of a period: what came, what was resolved, how long it took, and what it cost (docs/metrics.md).

Each is made of facts dated within the period, so that it is the same whenever it is computed.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Coalesce

from common import clock
from common.money import as_currency
from events.models import Event
from issues.metrics.backlog import backlog_by_day
from issues.metrics.gather import changes_of_backlog, tallies_of
from issues.metrics.groups import groups_of
from issues.metrics.keeping import HEARD
from issues.metrics.question import Question
from issues.metrics.summary import Row, spread, summary
from issues.metrics.tally import COUNTED, TIMES, Tally, together
from issues.models import RefundMilestone
from issues.workflow import Status
from refunds.models import RefundStatus

AMOUNT = RefundMilestone._meta.get_field("amount")


def resolution(question: Question) -> Row:
    """All figures, as they are answered."""
    tallies, folded = tallies_of(question)
    whole = together(tallies.values())
    backlog = backlog_by_day(question, folded, changes_of_backlog(whole, folded))
    return {
        "from": question.first,
        "to": question.last,
        "complete_until": complete_until(),
        **summary(whole, backlog[question.last]),
        "days": _days(whole, question, backlog),
        "statuses": _statuses(whole),
        "refunds": _refunds(question),
        "group_by": question.group_by or None,
        "groups": groups_of(question, tallies, backlog) if question.group_by else [],
    }


def complete_until() -> datetime:
    """Everything before this moment is counted: what happened since waits for a worker."""
    waiting = Event.objects.filter(next_attempt_at__isnull=False, name__in=HEARD)
    return waiting.aggregate(oldest=Min("created_at"))["oldest"] or clock.now()


def _days(whole: Tally, question: Question, backlog: Mapping[date, int]) -> list[Row]:
    return [
        {"day": day, **{name: whole.days[name][day] for name in COUNTED}, "backlog": backlog[day]}
        for day in question.days
    ]


def _statuses(whole: Tally) -> list[Row]:
    """The stays that ended within the period, in the order of the workflow."""
    stays = {status: spread(*(whole.times[status, time] for time in TIMES)) for status in Status.values}
    return [{"status": status, **stay} for status, stay in stays.items() if stay["n"]]


def _refunds(question: Question) -> list[Row]:
    """By source, the type of the issue as the reason, and currency: amounts of two currencies are never added."""
    facts = RefundMilestone.objects.filter(question.place, on__range=(question.first, question.last))
    went, came = Q(status=RefundStatus.SUCCEEDED), Q(status=RefundStatus.RETURNED)
    found = (
        facts.values("source", "issue_type", "currency")
        .annotate(
            n=Count("pk", filter=went),
            paid=Coalesce(Sum("amount", filter=went), 0, output_field=AMOUNT),
            returned_n=Count("pk", filter=came),
            back=Coalesce(Sum("amount", filter=came), 0, output_field=AMOUNT),
        )
        .order_by("currency", "source", "issue_type")
    )
    return [
        {
            **{name: row[name] for name in ("source", "issue_type", "currency", "n")},
            "amount": as_currency(row["paid"], row["currency"]),
            "returned_n": row["returned_n"],
            "returned_amount": as_currency(row["back"], row["currency"]),
        }
        for row in found
    ]
