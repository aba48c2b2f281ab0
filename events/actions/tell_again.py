"""Tell again of an event that was given up, once a person has seen to its error."""

from uuid import UUID

from accounts.actions.revoke_key import CHANGE_KEY
from accounts.actor import Actor, use_case
from accounts.admin_log import note_in_log
from common.errors import NotFound
from events.deliver import try_anew
from events.models import Event


@use_case
def tell_again(event_id: UUID, *, actor: Actor) -> Event:
    """Raises ``PermissionDenied``, and ``NotFound`` for one that is out of sight or was not given up."""
    actor.ensure_may(CHANGE_KEY)
    given_up = Event.objects.visible_to(actor.grants).untold()
    event = given_up.select_for_update(of=("self",), no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound("There is no such event to tell of again.")
    try_anew(event)
    note_in_log(event, "Told again.", actor)
    return event
