"""The patterns as they are answered, with what is new and what is a problem already."""

from typing import Any

from issues.models import Problem
from issues.patterns.dimensions import COLUMNS, Dimensions
from issues.patterns.find import find_patterns
from issues.patterns.question import PatternQuestion

Row = dict[str, Any]


def patterns(question: PatternQuestion) -> Row:
    found, yesterday = find_patterns(question), find_patterns(question.a_day_before).keys
    recorded = Problem.objects.visible_to(question.grants).open()
    problems = {Dimensions(*values): pk for pk, *values in recorded.values_list("pk", *COLUMNS)}
    return {
        "since": question.since,
        "until": question.until,
        "weeks": found.weeks,
        "tested": found.tested,
        "patterns": [
            {
                "dimensions": {name: getattr(pattern.dimensions, name) or None for name in COLUMNS},
                "count": pattern.count,
                "expected": round(pattern.expected, 2),
                "probability": pattern.probability,
                "corrected": pattern.corrected,
                "is_new": pattern.dimensions not in yesterday,
                "problem": problems.get(pattern.dimensions),
                "issues": pattern.issues,
            }
            for pattern in found.patterns
        ],
    }


def pattern_rows(answer: Row) -> list[Row]:
    return answer["patterns"]
