"""People at a browser: who they are to an action, and a form that is sent twice but counts once."""

import uuid
from typing import cast

from django.http import HttpRequest

from accounts.actor import Actor
from accounts.models import Employee, IdempotentCall
from common import clock
from common.api.errors import IdempotencyKeyReused


def actor_of(request: HttpRequest, *, via: str) -> Actor:
    """The signed-in employee, at the door ``via`` (``admin`` or ``web``); the same one throughout a request.

    So what they may do is asked of the database once.
    """
    employee = cast(Employee, request.user)
    known: dict[tuple[str, int], Actor] = vars(request).setdefault("_actors", {})
    key = via, employee.pk
    if key not in known:
        known[key] = Actor(employee=employee, via=via, request_id=getattr(request, "id", ""))
    return known[key]


def is_first_submission(form_id: uuid.UUID, content: str, *, actor: Actor) -> bool:
    """Whether nobody has submitted this copy of a form yet; ``content``: a hash of what was filled in.

    Call it in the transaction of the deed: a deed that is undone leaves the form free to be sent again, and of two
    at once the second waits for the first to end. Raises ``IdempotencyKeyReused`` where it was sent with another
    content before: somebody stopped a slow page and wrote on.
    """
    call, is_first = IdempotentCall.objects.get_or_create(
        caller=actor.caller,
        key=f"form:{form_id}",
        defaults={"fingerprint": content, "claim": form_id, "claimed_until": clock.now(), "status": 204},
    )
    if call.fingerprint != content:
        raise IdempotencyKeyReused
    return is_first
