"""The tallies of a period: its whole months from folds where there are some, its other days from the milestones."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Value

from issues.metrics.folds import ALL, Folded, folded_of, read_folds
from issues.metrics.question import GROUPS, Question
from issues.metrics.tally import CHANGE, Tallies, Tally, no_tallies, tally
from issues.models import Milestone


def tally_of_all(question: Question) -> tuple[Tally, Folded]:
    """With the stays in each status, and with what was read from folds."""
    folded = folded_of(question)
    return _tallies(question, "", folded)[ALL], folded


def tallies_of_groups(question: Question) -> Tallies:
    """By the values of the groups' column."""
    return _tallies(question, question.group_by, folded_of(question, question.group_by))


def changes_of_backlog(whole: Tally, folded: Folded) -> Mapping[date, int]:
    """Those of the folded days alone."""
    months = set(folded.months)
    return {day: n for day, n in whole.days[CHANGE].items() if day.replace(day=1) in months}


def _tallies(question: Question, group_by: str, folded: Folded) -> Tallies:
    tallies = no_tallies()
    period = Milestone.objects.filter(question.place, on__range=(question.first, question.last))
    key: Any = GROUPS[group_by] if group_by else Value(ALL)
    tally(period.filter(folded.rest), key, into=tallies, with_stays=not group_by)
    if folded.months:
        read_folds(folded, question, group_by, into=tallies)
    return tallies
