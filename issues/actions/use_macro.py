"""Say what a macro prepared and do what goes with it, all of it or nothing: by the actions of any other door."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.actor import Actor, use_case
from common.errors import ValidationFailed
from issues.actions.add_communication import add_communication
from issues.actions.lock import lock_issue
from issues.actions.move_to_team import move_to_team
from issues.actions.update import ensure_current, update_issue
from issues.models.macro import MacroUse
from issues.placeholders import unfilled_in


@use_case
def use_macro(
    order_id: str,
    issue_id: str | UUID,
    filled: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> None:
    """``filled``: ``use`` and ``body``, a communication's ``channel``, and ``status``, ``priority`` and ``team``.

    What is empty is left as it is. Raises ValidationFailed on ``body`` where a placeholder is left, and whatever
    ``update_issue``, ``add_communication`` and ``move_to_team`` raise.
    """
    if unfilled := unfilled_in(filled["body"]):
        raise ValidationFailed({"body": [f"Put a word in place of {', '.join(unfilled)}: it is not known here."]})
    ensure_current(lock_issue(order_id, issue_id, actor=actor), expected_version)
    changes = {name: filled[name] for name in ("status", "priority") if filled.get(name)}
    if filled["use"] == MacroUse.NOTE:
        changes["notes"] = filled["body"]
    if changes:
        update_issue(order_id, issue_id, changes, actor=actor)
    if filled["use"] == MacroUse.COMMUNICATION:
        word = {"channel": filled["channel"], "direction": "outbound", "body": filled["body"]}
        add_communication(order_id, issue_id, word, actor=actor)
    if filled.get("team"):
        move_to_team(order_id, issue_id, filled["team"], actor=actor)
