"""A person looked into what a reconciliation found, and says what it is."""

from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.actor import Actor, use_case
from accounts.roles import DECIDE_APPROVAL
from common import clock
from common.errors import NotFound, ValidationFailed
from refunds.models import Finding


@use_case
def look_into_finding(finding_id: UUID | str, *, actor: Actor, note: str) -> Finding:
    """It stays until it is gone, and is told of no more. Raises NotFound, PermissionDenied and ValidationFailed."""
    finding = lock_finding(finding_id, actor=actor)
    actor.ensure_may(DECIDE_APPROVAL)
    if not note.strip():
        raise ValidationFailed({"note": ["Say what it is."]})
    finding.looked_into_at, finding.looked_into_by, finding.note = clock.now(), actor.person, note.strip()
    finding.save(update_fields=["looked_into_at", "looked_into_by", "note"])
    return finding


def lock_finding(finding_id: UUID | str, *, actor: Actor) -> Finding:
    """The finding, if it is of an order that the actor sees."""
    try:
        return Finding.objects.visible_to(actor.grants).select_for_update(of=("self",)).get(pk=finding_id)
    except (Finding.DoesNotExist, ValidationError) as error:
        raise NotFound("There is no such finding.") from error
