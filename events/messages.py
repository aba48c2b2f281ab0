"""What to tell somebody about an event, in words; and the deliveries that make sure they hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Employee
from events.models import Channel, Delivery, Event


@dataclass(frozen=True, slots=True)
class Message:
    """To an ``employee``, or by mail to the ``address`` of somebody outside.

    ``once_for``: a subject of which there is one message of a kind, to one person, whatever the event.
    """

    kind: str
    subject: str
    text: str
    html: str = ""
    url: str = ""
    employee: Employee | None = None
    address: str = ""
    once_for: UUID | None = None
    channels: tuple[str, ...] = (Channel.EMAIL, Channel.IN_PRODUCT)

    def address_on(self, channel: str) -> str:
        """Nothing if they can't be reached so."""
        if channel == Channel.IN_PRODUCT:
            return self.employee.employee_id if self.employee else ""
        return self.address or (self.employee.email if self.employee else "")


def queue_messages(event: Event, messages: Iterable[Message]) -> None:
    """Store one delivery for each event, channel and person, however often this is called for the event."""
    Delivery.objects.bulk_create(
        (
            _delivery(event, message, channel, address=address)
            for message in messages
            for channel in message.channels
            if (address := message.address_on(channel))
        ),
        ignore_conflicts=True,
    )


def note_undeliverable(event: Event, message: Message, why: str) -> None:
    """Store that nobody can be sent the ``message``, so that it stands with those that could not be delivered."""
    row = _delivery(event, message, Channel.EMAIL, address="", next_attempt_at=None, last_error=why)
    Delivery.objects.bulk_create([row], ignore_conflicts=True)


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
        **fields,
    )


def _one_line(subject: str) -> str:
    """A line break in a subject would begin another header."""
    return " ".join(subject.split())[: Delivery._meta.get_field("subject").max_length]
