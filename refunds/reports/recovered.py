"""What was claimed from insurers, what they accepted, and what of it has reached the customer."""

from datetime import UTC
from typing import TYPE_CHECKING

from django.db.models import DateField, F, QuerySet, Value
from django.db.models.functions import Trunc

from refunds.models import PAID_CLAIM, Claim, RefundStatus, Source
from refunds.reports.asked import Asked, Period
from refunds.reports.figures import NAMELESS, Report, counted, report_of
from refunds.reports.moves import moved_to, steps_seen_by, within

if TYPE_CHECKING:
    from accounts.actor import Grants

FIGURES = ("claimed", "accepted", "recovered")
CHOICES = {"by": ("month", "week", "day")}


def recovered(asked: Asked, grants: "Grants") -> Report:
    """Each figure in the month (week, day) of its own moment, and only within the days that are asked for."""
    claims, period, unit = claims_seen_by(grants), asked.period, asked.words["by"]
    insured = steps_seen_by(grants).filter(source=Source.INSURANCE)
    paid = moved_to([RefundStatus.SUCCEEDED], within(insured, period))
    return report_of(
        "period",
        FIGURES,
        [
            by_time("claimed", between(claims, "created_at", period), "created_at", unit, amount="asked_amount"),
            by_time("accepted", accepted(claims, period), "decided_at", unit, amount="accepted_amount"),
            by_time("recovered", paid, "history_date", unit, amount="amount"),
        ],
    )


def claims_seen_by(grants: "Grants") -> QuerySet[Claim]:
    claims = Claim.objects.annotate(currency=F("refund__currency"))
    return claims if grants.stores is None else claims.filter(refund__order__store__in=grants.stores)


def accepted(claims: QuerySet[Claim], period: Period) -> QuerySet[Claim]:
    return between(claims.filter(status__in=PAID_CLAIM), "decided_at", period)


def between(rows: QuerySet, moment: str, period: Period) -> QuerySet:
    return rows.filter(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end})


def by_time(figure: str, rows: QuerySet, moment: str, unit: str, *, amount: str) -> QuerySet:
    first_day = Trunc(moment, unit, output_field=DateField(), tzinfo=UTC)
    return counted(rows, Value(figure), by=first_day, name=NAMELESS, amount=amount)
