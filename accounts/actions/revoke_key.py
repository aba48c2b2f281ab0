"""Let a key work no more, from now on and for good."""

import structlog

from accounts.actor import Actor, use_case
from accounts.admin_log import note_in_log
from accounts.models import ApiKey
from common import clock
from common.errors import NotFound

log = structlog.get_logger(__name__)

CHANGE_KEY = "accounts.change_apikey"


@use_case
def revoke_key(key_id: int, *, actor: Actor) -> ApiKey:
    """Revoking again changes nothing. Raises ``NotFound``."""
    actor.ensure_may(CHANGE_KEY)
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such key.")
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        log.info("key.revoked", key=key.prefix, by=actor.origin.employee)
        note_in_log(key, "Revoked.", actor)
    return key
