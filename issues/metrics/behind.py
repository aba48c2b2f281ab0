"""The issues behind a figure: those of whose facts it is made."""

from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from accounts.actor import Grants
from issues.metrics.backlog import changes_of, unresolved_now
from issues.metrics.question import Question
from issues.metrics.tally import ANSWERED, COUNTED, MEASURED
from issues.models import Issue, Milestone, RefundMilestone
from issues.models.issue import IssueQuerySet
from refunds.models import RefundStatus

BACKLOG = "backlog"
FACTS: dict[str, Q] = {
    **COUNTED,
    **{name: which for name, (which, _) in MEASURED.items()},
    **ANSWERED,
}
MONEY = {"refunded": RefundStatus.SUCCEEDED, "returned": RefundStatus.RETURNED}
FIGURES = (*FACTS, BACKLOG, *MONEY)


def issues_behind(figure: str, question: Question, *, grants: Grants, until: datetime | None = None) -> IssueQuerySet:
    """Those that are seen now; ``until`` leaves out what happened from that moment on, of all but the backlog."""
    issues = Issue.objects.visible_to(grants)
    if figure == BACKLOG:
        return issues.filter(_unresolved_at_the_end(question))
    period = question.place & Q(on__range=(question.first, question.last))
    if until:
        period &= Q(at__lt=until)
    return issues.filter(pk__in=_told_by(figure, period))


def _told_by(figure: str, period: Q) -> QuerySet:
    if figure in MONEY:
        return RefundMilestone.objects.filter(period, status=MONEY[figure]).values("refund__issue")
    return Milestone.objects.filter(period & FACTS[figure]).values("issue")


def _unresolved_at_the_end(question: Question) -> Q:
    """Counted back from now, as the figure itself: without what came later, and with what went."""
    later = changes_of(question).filter(on__gt=question.last).values("issue").annotate(n=Sum("backlog"))
    now = unresolved_now(question).values("issue")
    came, went = later.filter(n__gt=0).values("issue"), later.filter(n__lt=0).values("issue")
    return Q(pk__in=now) & ~Q(pk__in=came) | Q(pk__in=went)
