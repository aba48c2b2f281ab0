"""The ways to reach somebody, by name: each a function that sends one delivery or raises."""

from collections.abc import Callable

from events.channels.chat import send_chat
from events.channels.email import send_email
from events.channels.in_product import send_in_product
from events.models import Channel, Delivery

CHANNELS: dict[str, Callable[[Delivery], None]] = {
    Channel.EMAIL: send_email,
    Channel.IN_PRODUCT: send_in_product,
    Channel.CHAT: send_chat,
}
