"""The insurer says that something happened to a claim. It is believed by its signature, once, and then asked what."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from django.conf import settings

from accounts.actor import Actor, use_case
from common import clock
from common.ids import as_uuid
from common.nudge import nudge_after_commit
from refunds.actions.move import FILE_CLAIMS
from refunds.models import Claim, ProviderEvent, Source
from refunds.providers import signature
from refunds.providers.base import EventMalformed

LONGEST_ID = 255


def hear_insurer(raw: bytes, headers: Mapping[str, str], *, actor: Actor) -> None:
    """Raises ``EventRejected`` and ``EventMalformed``: then nothing happened."""
    given = headers.get(signature.HEADER, "")
    signature.verify(raw, given, secret=settings.INSURER_SECRET, at=clock.now())
    take_note(*read(raw), actor=actor)


def read(raw: bytes) -> tuple[str, UUID]:
    """The event's id and the claim's."""
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise EventMalformed("The event is no JSON") from error
    given = content if isinstance(content, dict) else {}
    event_id, claim_id = given.get("event_id"), given.get("claim_id")
    known_claim = as_uuid(claim_id) if isinstance(claim_id, str) else None
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= LONGEST_ID or "\0" in event_id or not known_claim:
        raise EventMalformed("The event needs an event_id and a claim_id")
    return event_id, known_claim


@use_case
def take_note(event_id: str, claim_id: UUID, *, actor: Actor) -> None:
    """The same event again is no second one. An open claim is due at once; of another there is nothing to ask."""
    _, is_new = ProviderEvent.objects.get_or_create(
        provider=Source.INSURANCE,
        event_id=event_id,
        defaults={
            "account": Source.INSURANCE,
            "kind": "claim",
            "refund_reference": str(claim_id),
            "outcome": ProviderEvent.Outcome.APPLIED,
            "next_attempt_at": None,
        },
    )
    claims = Claim.objects.open().filter(pk=claim_id)
    if is_new and claims.update(next_attempt_at=clock.now()):
        nudge_after_commit(FILE_CLAIMS, str(claims.values_list("refund", flat=True).get()))
