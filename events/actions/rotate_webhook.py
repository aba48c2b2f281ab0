"""Give a webhook a new secret, and let the old one sign beside it for a day."""

from datetime import timedelta
from uuid import UUID

from accounts.actor import Actor, use_case
from common import clock
from events.actions.create_webhook import WithSecret
from events.actions.lock_webhook import lock_webhook
from events.webhooks.secrets import new_secret, sealed

OVERLAP = timedelta(days=1)


@use_case
def rotate_webhook(webhook_id: UUID, *, actor: Actor) -> WithSecret:
    """A secret of an earlier rotation ends at once. Raises ``PermissionDenied`` and ``NotFound``."""
    endpoint = lock_webhook(webhook_id, actor=actor)
    secret, now = new_secret(), clock.now()
    endpoint.previous_secret, endpoint.previous_secret_until = endpoint.secret, now + OVERLAP
    endpoint.secret, endpoint.secret_changed_at = sealed(secret), now
    endpoint.version += 1
    endpoint.save()
    return WithSecret(endpoint, secret)
