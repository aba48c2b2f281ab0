"""Find what recurs: counts by one dimension and by two, held against the same weekday and hour of weeks before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from issues.models import Issue
from issues.patterns.chance import adjusted, probability
from issues.patterns.dimensions import COLUMNS, Dimensions
from issues.patterns.question import WEEK, PatternQuestion

Trait = tuple[str, str]  # a dimension and its value
Key = tuple[Trait, ...]  # one of them or two


@dataclass(frozen=True)
class Seen:
    """An issue: whether it was opened in the window or in weeks before, and what it is like."""

    pk: UUID
    is_now: bool
    traits: tuple[Trait, ...]


@dataclass(frozen=True)
class Pattern:
    """``count`` issues where ``expected`` were to be; ``corrected`` for the many groups that were looked at."""

    dimensions: Dimensions
    count: int
    before: int
    expected: float
    probability: float
    corrected: float
    issues: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class Findings:
    """``weeks`` is how much past there was; without any, nothing can be found. ``tested``: groups looked at."""

    weeks: int
    tested: int
    patterns: list[Pattern]

    @property
    def keys(self) -> set[Dimensions]:
        return {pattern.dimensions for pattern in self.patterns}


def find_patterns(question: PatternQuestion) -> Findings:
    """The most surprising first."""
    weeks = _weeks_of_past(question)
    if weeks < 1:
        return Findings(0, 0, [])
    seen = list(_seen(question, weeks))
    now, before = _counted(seen, question.at_least)
    # Which groups are looked at depends on their sum alone, of which the probability is independent.
    keys = [key for key in now.keys() | before.keys() if now[key] + before[key] >= question.at_least]
    chances = [probability(now[key], before[key], weeks) for key in keys]
    found = [
        Pattern(Dimensions(**dict(key)), now[key], before[key], before[key] / weeks, chance, corrected)
        for key, chance, corrected in zip(keys, chances, adjusted(chances), strict=True)
        if corrected * 100 <= question.false_alarms and now[key] >= question.at_least
    ]
    telling = _without_what_others_tell(found)
    for pattern in telling:
        pattern.issues.extend(_issues_behind(pattern, seen))
    telling.sort(key=lambda each: (each.probability, -each.count, each.dimensions.query))
    return Findings(weeks, len(keys), telling)


def _weeks_of_past(question: PatternQuestion) -> int:
    """Whole weeks between the first issue and the window, up to as many as are asked for."""
    first = Issue.objects.visible_to(question.grants).aggregate(first=Min("created_at"))["first"]
    return min((question.since - first) // WEEK, question.weeks) if first else 0


def _seen(question: PatternQuestion, weeks: int) -> Iterator[Seen]:
    """The issues of the window and of the same hours in the weeks before."""
    when = Q()
    for ago in range(weeks + 1):
        when |= Q(created_at__gte=question.since - ago * WEEK, created_at__lt=question.until - ago * WEEK)
    issues = Issue.objects.visible_to(question.grants).filter(when).order_by("created_at", "pk")
    for pk, created_at, *values in issues.values_list("pk", "created_at", *COLUMNS.values()):
        traits = tuple((name, value) for name, value in zip(COLUMNS, values, strict=True) if value)
        yield Seen(pk, created_at >= question.since, traits)


def _counted(seen: Sequence[Seen], at_least: int) -> tuple[Counter[Key], Counter[Key]]:
    """How many issues have each trait and each two traits, now and before.

    Two together are no more than each alone, so that only pairs of the frequent are counted: R. Agrawal and
    R. Srikant, "Fast Algorithms for Mining Association Rules", VLDB 1994.
    """
    alone = Counter(trait for issue in seen for trait in issue.traits)
    now, before = Counter[Key](), Counter[Key]()
    for issue in seen:
        frequent = [trait for trait in issue.traits if alone[trait] >= at_least]
        counter = now if issue.is_now else before
        counter.update((trait,) for trait in frequent)
        counter.update(combinations(frequent, 2))
    return now, before


def _without_what_others_tell(found: Sequence[Pattern]) -> list[Pattern]:
    """A trait is left out where two together tell of the very same issues: they say more."""
    of_pairs: set[tuple[Any, int]] = {
        (trait, pattern.count) for pattern in found if len(pattern.dimensions.given) > 1
        for trait in pattern.dimensions.given.items()
    }  # fmt: skip
    return [
        pattern for pattern in found
        if len(pattern.dimensions.given) > 1 or (*pattern.dimensions.given.items(), pattern.count) not in of_pairs
    ]  # fmt: skip


def _issues_behind(pattern: Pattern, seen: Sequence[Seen]) -> list[UUID]:
    wanted = set(pattern.dimensions.given.items())
    return [issue.pk for issue in seen if issue.is_now and wanted <= set(issue.traits)]
