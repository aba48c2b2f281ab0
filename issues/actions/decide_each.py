"""One decision on several requests: each is decided, or refused, by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actor import Actor
from common.errors import DeskError, NotFound
from common.ids import as_uuid
from issues.actions.decide_approval import decide_approval
from issues.models import Approval

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Decided:
    """What came of one request: ``refusal`` says why nothing did. ``approval`` is None for one that is not seen."""

    approval: Approval | None
    refusal: DeskError | None = None


def decide_each(approval_ids: Sequence[str], decision: str, *, actor: Actor, note: str = "") -> list[Decided]:
    """In the order given; each in a transaction of its own, so that one that turns out to be void stays so."""
    ids = [uuid for each in approval_ids if (uuid := as_uuid(each))]
    seen = Approval.objects.visible_to(actor.grants).in_full().in_bulk(ids)
    return [_decide(seen.get(each), decision, actor=actor, note=note) for each in ids]


def _decide(approval: Approval | None, decision: str, *, actor: Actor, note: str) -> Decided:
    if approval is None:
        return Decided(None, NotFound("There is no such approval."))
    try:
        return Decided(decide_approval(approval.pk, decision, actor=actor, note=note))
    except DeskError as refusal:
        return Decided(approval, refusal)
