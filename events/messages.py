"""What to tell somebody about an event, in words; and the deliveries that make sure they hear of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Employee
from common import clock
from common.prepared import insert_all
from events.models import Channel, ChatRoom, Delivery, Event
from events.preferences import Plan, Planner


@dataclass(frozen=True, slots=True)
class Message:
    """To an ``employee``, to a ``room`` of a chat, or by mail to the ``address`` of somebody outside.

    ``once_for``: a subject of which there is one message of a kind, to one person, whatever the event.
    """

    kind: str
    subject: str
    text: str
    html: str = ""
    url: str = ""
    employee: Employee | None = None
    room: ChatRoom | None = None
    address: str = ""
    once_for: UUID | None = None


def queue_messages(event: Event, messages: Iterable[Message]) -> None:
    """Store one delivery for each event, channel and recipient, however often this is called for the event."""
    messages = list(messages)
    planner = Planner(
        (message.employee.pk for message in messages if message.employee),
        (message.address for message in messages if message.address),
    )
    rows = (row for message in messages for row in _deliveries(event, message, planner))
    insert_all(rows, ignore_conflicts=True)


def note_undeliverable(event: Event, message: Message, why: str) -> None:
    """Store that nobody can be sent the ``message``, so that it stands with those that could not be delivered."""
    row = _delivery(event, message, Channel.EMAIL, address="", next_attempt_at=None, last_error=why)
    insert_all([row], ignore_conflicts=True)


def _deliveries(event: Event, message: Message, planner: Planner) -> Iterator[Delivery]:
    if message.room:
        yield _delivery(event, message, Channel.CHAT, address=message.room.name, room=message.room)
    elif message.employee:
        yield from _to_employee(event, message, message.employee, planner)
    elif message.address:
        due = planner.for_outsider(message.address).due
        yield _delivery(event, message, Channel.EMAIL, address=message.address, next_attempt_at=due)


def _to_employee(event: Event, message: Message, employee: Employee, planner: Planner) -> Iterator[Delivery]:
    yield _delivery(event, message, Channel.IN_PRODUCT, address=employee.employee_id)
    plan = planner.for_employee(employee.pk, message.kind)
    if plan and employee.email:
        yield _delivery(event, message, Channel.EMAIL, address=employee.email, **_as_planned(plan))
    if plan and not plan.in_digest and planner.has_chat(employee.pk):
        yield _delivery(event, message, Channel.CHAT, address=employee.employee_id)


def _as_planned(plan: Plan) -> dict[str, Any]:
    return {"next_attempt_at": plan.due, "in_digest": plan.in_digest}


def _delivery(event: Event, message: Message, channel: str, **fields: Any) -> Delivery:
    return Delivery(
        event=event,
        order_id=event.order_id,
        issue_id=event.issue_id,
        channel=channel,
        employee=message.employee,
        kind=message.kind,
        once_for=message.once_for,
        subject=_one_line(message.subject),
        text=message.text,
        html=message.html,
        url=message.url,
        **{"next_attempt_at": clock.now()} | fields,
    )


def _one_line(subject: str) -> str:
    """A line break in a subject would begin another header."""
    return " ".join(subject.split())[: Delivery._meta.get_field("subject").max_length]
