"""Change several issues at once: each by the one use-case, in a savepoint of its own, so that one stops no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor, use_case
from common.errors import DeskError, ValidationFailed
from issues.actions.update import update_issue
from issues.actions.updated import Updated

MOST = 200
CHANGEABLE = frozenset({"assigned_to", "priority", "status", "notes"})


@dataclass(frozen=True)
class Chosen:
    """An issue, and the version that was looked at when it was chosen."""

    order_id: str
    issue_id: UUID
    version: int


@dataclass(frozen=True)
class Outcome:
    """What came of one issue: ``updated``, or the ``refusal``."""

    chosen: Chosen
    updated: Updated | None = None
    refusal: DeskError | None = None


@use_case
def bulk_update(chosen: Sequence[Chosen], changes: Mapping[str, Any], *, actor: Actor) -> list[Outcome]:
    """Make ``changes`` to each issue that takes them. Raises ``ValidationFailed`` for what no issue could take."""
    ensure_fit(chosen, changes)
    return each_in_lock_order(chosen, lambda one: attempt(one, changes, actor))


@use_case
def preview_bulk(chosen: Sequence[Chosen], changes: Mapping[str, Any], *, actor: Actor) -> list[Outcome]:
    """What ``bulk_update`` would come to now: each issue is really changed, and the change undone at once."""
    ensure_fit(chosen, changes)
    return each_in_lock_order(chosen, lambda one: undone(one, changes, actor))


def ensure_fit(chosen: Sequence[Chosen], changes: Mapping[str, Any]) -> None:
    if not 1 <= len(chosen) <= MOST:
        raise ValidationFailed({"rows": [f"Choose 1 to {MOST} issues at a time."]})
    if not changes or changes.keys() - CHANGEABLE:
        raise ValidationFailed({"changes": [f"Name at least one of {', '.join(sorted(CHANGEABLE))}."]})


def each_in_lock_order(chosen: Sequence[Chosen], deed: Callable[[Chosen], Outcome]) -> list[Outcome]:
    """Two of these at once take their locks in the same order, and so never wait for each other in a ring."""
    outcomes = {one: deed(one) for one in sorted(set(chosen), key=lambda one: (one.order_id, one.issue_id.int))}
    return [outcomes[one] for one in dict.fromkeys(chosen)]


def attempt(one: Chosen, changes: Mapping[str, Any], actor: Actor) -> Outcome:
    try:
        updated = update_issue(one.order_id, one.issue_id, changes, actor=actor, expected_version=one.version)
    except DeskError as refusal:
        return Outcome(one, refusal=refusal)
    return Outcome(one, updated=updated)


def undone(one: Chosen, changes: Mapping[str, Any], actor: Actor) -> Outcome:
    with transaction.atomic():
        outcome = attempt(one, changes, actor)
        transaction.set_rollback(True)
    return outcome
