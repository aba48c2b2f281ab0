"""Replace a key by a new one, and let both work for a while."""

from datetime import timedelta

from accounts.actions.create_key import ADD_KEY, NewKey, store_key
from accounts.actor import Actor, use_case
from accounts.admin_log import note_in_log
from accounts.models import ApiKey
from common import clock
from common.errors import NotFound, ValidationFailed

OVERLAP = timedelta(hours=24)


@use_case
def rotate_key(key_id: int, *, actor: Actor, overlap: timedelta = OVERLAP) -> NewKey:
    """A new key with the owner, scopes and lifetime of the old one, which ends when ``overlap`` is over.

    Raises ``NotFound``, and ``ValidationFailed`` for a key that no longer works.
    """
    actor.ensure_may(ADD_KEY)
    old = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if old is None:
        raise NotFound("There is no such key.")
    now = clock.now()
    if not old.is_usable(at=now):
        raise ValidationFailed({"key": ["This key is revoked or expired; create a new one."]})
    first = ApiKey.objects.filter(replaces=old).order_by("created_at").first() or old  # made before the end was set
    lifetime = first.expires_at - first.created_at if first.expires_at else None
    old.expires_at = min(now + overlap, old.expires_at or now + overlap)
    old.save(update_fields=["expires_at"])
    new = store_key(
        actor,
        employee=old.employee,
        integration=old.integration,
        scopes=old.scopes,
        expires_at=now + lifetime if lifetime else None,
        replaces=old,
    )
    until = f"{old.expires_at:%Y-%m-%d %H:%M} UTC"
    note_in_log(old, f"Rotated: {new.key.prefix} takes its place, and this one works until {until}.", actor)
    return new
