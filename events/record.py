"""Write down what happened, in the transaction of the change that made it happen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from common.nudge import nudge_after_commit
from common.prepared import insert_all
from events.models import Event
from events.vocabulary import version_of

if TYPE_CHECKING:
    from accounts.actor import Actor

DELIVER = "events.deliver_events"


def record(
    facts: Mapping[str, Mapping[str, Any]], *, actor: "Actor", order_id: str = "", issue_id: UUID | None = None
) -> list[Event]:
    """Store one event for each dotted name in ``facts``, with its data; nobody hears of it before the commit."""
    if not facts:
        return []
    origin = actor.origin
    told = [
        Event(
            name=name,
            version=version_of(name),
            data=dict(data),
            order_id=order_id,
            issue_id=issue_id,
            employee_id=origin.employee,
            key_id=origin.key,
            via=origin.via,
            request_id=origin.request_id,
        )
        for name, data in facts.items()
    ]
    insert_all(told)
    nudge_after_commit(DELIVER)
    return told
