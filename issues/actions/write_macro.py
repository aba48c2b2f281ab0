"""Write a macro, or change one. None is deleted: it is retired."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts import roles
from accounts.actor import Actor, use_case
from common import clock
from common.errors import FieldErrors, NotFound, ValidationFailed
from issues.models import Macro
from issues.models.macro import Sharing
from issues.placeholders import PLACEHOLDERS, unknown_in

FIELDS = ("name", "use", "text", "status", "priority", "team", "sharing", "shared_with", "is_retired")


@use_case
def write_macro(given: Mapping[str, Any], *, actor: Actor, macro_id: UUID | None = None) -> Macro:
    """``given`` are all of ``FIELDS``, typed. Raises PermissionDenied, NotFound and ValidationFailed."""
    macro = find_macro(macro_id, actor) if macro_id else Macro(owner=actor.person, created_at=clock.now())
    ensure_may_write(macro, given["sharing"], actor)
    if errors := macro_errors(given):
        raise ValidationFailed(errors)
    for name in FIELDS:
        setattr(macro, name, given[name])
    if macro.sharing != Sharing.TEAM:
        macro.shared_with = None
    is_new = macro._state.adding
    macro.version += not is_new
    macro.save(force_insert=is_new)
    return macro


def find_macro(macro_id: UUID, actor: Actor) -> Macro:
    """One that the actor sees, locked; another's own one is nobody else's to change."""
    macro = Macro.objects.seen_by(actor.person).select_for_update().filter(pk=macro_id).first()
    if macro is None:
        raise NotFound("There is no such macro.")
    return macro


def ensure_may_write(macro: Macro, sharing: str, actor: Actor) -> None:
    """Whoever works on issues writes their own; what others use needs more, before the change and after it."""
    actor.ensure_may(roles.WORK_ISSUE)
    if {macro.sharing, sharing} != {Sharing.OWN.value}:
        actor.ensure_may(roles.SHARE_MACRO)


def macro_errors(given: Mapping[str, Any]) -> FieldErrors:
    errors = {}
    if unknown := unknown_in(given.get("text") or ""):
        known = ", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS)
        errors["text"] = [f"There is no {', '.join(unknown)}. There are: {known}."]
    if given.get("sharing") == Sharing.TEAM and not given.get("shared_with"):
        errors["shared_with"] = ["Say which team it is shared with."]
    return errors
