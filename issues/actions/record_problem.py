"""Make a problem of a pattern, or link its newer issues to the problem that it is already; say that it is solved."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import NotFound, ValidationFailed
from issues.models import Issue, Problem, ProblemIssue, ProblemStatus
from issues.patterns.dimensions import Dimensions

LONGEST_TITLE = 200


@use_case
def record_problem(
    dimensions: Dimensions, issue_ids: Sequence[UUID], *, actor: Actor, title: str = ""
) -> tuple[Problem, bool]:
    """The open problem of these dimensions with these issues linked to it, and whether it is new.

    Raises PermissionDenied, and ValidationFailed for issues that are none of this pattern, or without a title.
    """
    actor.ensure_may(roles.RECORD_PROBLEM)
    issues = ensure_of_pattern(dimensions, issue_ids, actor)
    problem = open_problem(dimensions)
    is_new = problem is None
    if problem is None:
        ensure_title(title)
        problem = write_problem(dimensions, title.strip(), actor)
    link(problem, issues, actor)
    return problem, is_new


@use_case
def solve_problem(problem_id: UUID, *, actor: Actor) -> Problem:
    """What is solved already stays as it is. Raises NotFound and PermissionDenied."""
    problem = Problem.objects.visible_to(actor.grants).select_for_update().filter(pk=problem_id).first()
    if problem is None:
        raise NotFound("There is no such problem.")
    actor.ensure_may(roles.RECORD_PROBLEM)
    if problem.status != ProblemStatus.SOLVED:
        problem.status, problem.solved_at = ProblemStatus.SOLVED, clock.now()
        problem.version += 1
        problem.save()
    return problem


def ensure_of_pattern(dimensions: Dimensions, issue_ids: Sequence[UUID], actor: Actor) -> list[Issue]:
    if not dimensions.given:
        raise ValidationFailed({"dimensions": ["Say what the issues have in common."]})
    issues = list(dimensions.issues(actor.grants).filter(pk__in=issue_ids))
    if not issues or len(issues) != len(set(issue_ids)):
        raise ValidationFailed({"issues": ["Name issues that have this in common."]})
    return issues


def ensure_title(title: str) -> None:
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        raise ValidationFailed({"title": [f"Give 1 to {LONGEST_TITLE} characters."]})


def open_problem(dimensions: Dimensions) -> Problem | None:
    """Locked, so that nobody solves it while newer issues are linked to it."""
    return Problem.objects.open().select_for_update().filter(**vars(dimensions)).first()


def write_problem(dimensions: Dimensions, title: str, actor: Actor) -> Problem:
    """Or the one that somebody else has written in the same moment."""
    problem = Problem(title=title, recorded_by=actor.person, created_at=clock.now(), **vars(dimensions))
    try:
        with transaction.atomic():
            problem.save(force_insert=True)
    except IntegrityError:
        problem = Problem.objects.open().get(**vars(dimensions))
    return problem


def link(problem: Problem, issues: Sequence[Issue], actor: Actor) -> None:
    """Those that are linked already stay so."""
    ProblemIssue.objects.bulk_create(
        [ProblemIssue(problem=problem, issue=each, linked_at=clock.now(), linked_by=actor.person) for each in issues],
        ignore_conflicts=True,
    )
