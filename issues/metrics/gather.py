"""The tallies of a period: its whole months from folds where there are some, its other days from the milestones."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Value

from issues.metrics.folds import ALL, Folded, folded_of, read_folds
from issues.metrics.question import GROUPS, Question
from issues.metrics.tally import CHANGE, Tallies, Tally, no_tallies, tally
from issues.models import Milestone


def tallies_of(question: Question) -> tuple[Tallies, Folded]:
    """By the values of the groups' column, or all as one; with what was read from folds."""
    group_by = question.group_by
    folded, tallies = folded_of(question), no_tallies()
    period = Milestone.objects.filter(question.place, on__range=(question.first, question.last))
    tally(period.filter(folded.rest), GROUPS[group_by] if group_by else Value(ALL), into=tallies)
    if folded.months:
        read_folds(folded, question, into=tallies)
    return tallies, folded


def changes_of_backlog(whole: Tally, folded: Folded) -> Mapping[date, int]:
    """Those of the folded days alone."""
    months = set(folded.months)
    return {day: n for day, n in whole.days[CHANGE].items() if day.replace(day=1) in months}
