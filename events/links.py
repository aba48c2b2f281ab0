"""Links by which whoever holds one acts for the recipient: made while the mail is sent, so that no row has one.

The stored words have ``PLACE`` where the link goes. Apps above this one say in ``AppConfig.ready`` who makes the links
of a kind of message; none is imported here.
"""

from collections.abc import Callable
from html import escape

from events.models import Delivery

PLACE = "{{secret_link}}"

MakeLink = Callable[[Delivery], str]

_makers: dict[str, MakeLink] = {}


def made_by(kind: str, make: MakeLink) -> None:
    """Call ``make`` at each try to send a message of this ``kind``, outside a transaction."""
    _makers[kind] = make


def with_link(delivery: Delivery) -> tuple[str, str]:
    """The text and the HTML to send. An earlier try may have arrived after all: its link goes on working."""
    make = _makers.get(delivery.kind)
    if make is None:
        return delivery.text, delivery.html
    link = make(delivery)
    return delivery.text.replace(PLACE, link), delivery.html.replace(PLACE, escape(link))
