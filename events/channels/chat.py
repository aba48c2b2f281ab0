"""Slack, Teams and other chats, through Apprise: to a room, or to an employee's own address.

Only services whose host is fixed by the service are taken (``CHAT_SERVICES``), so that no address leads into our own
network; none follows a redirect.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings

from common.sealed import seal, unseal
from events.models import Delivery, NotificationSettings

if TYPE_CHECKING:
    from apprise import NotifyBase

PURPOSE = "chat addresses"

# Where a service leaves the host to the address, the only ones that it may name.
HOSTS = {"workflows": (".logic.azure.com", ".api.powerplatform.com")}


# What may be asked of a service. Apprise knows more, and reads a template from any file or address.
QUESTIONS = frozenset({"footer", "image", "preview", "sig", "signature", "silent", "thread", "topic"})


class UnfitAddress(ValueError):
    """Says why a chat address can't be used."""


class ChatUnreachable(Exception):
    """The service took nothing; asking again may help."""


def send_chat(delivery: Delivery) -> None:
    service = service_at(_address_of(delivery))
    link = f"\n{settings.PUBLIC_URL}{delivery.url}" if delivery.url else ""
    if not service.notify(title=delivery.subject, body=delivery.text.split("\n\n")[0] + link):
        raise ChatUnreachable(service.service_name)


def _address_of(delivery: Delivery) -> str:
    if delivery.room:
        return unsealed(delivery.room.address)
    own = NotificationSettings.objects.filter(employee=delivery.employee_id).exclude(chat="").first()
    if own is None:
        raise UnfitAddress("There is no chat address any more.")
    return unsealed(own.chat)


def service_at(address: str) -> "NotifyBase":
    """Raises ``UnfitAddress``."""
    from apprise import Apprise, AppriseAsset, NotifyBase  # takes a fifth of a second, which few processes need

    scheme = address.partition("://")[0].lower()
    if scheme not in settings.CHAT_SERVICES:
        raise UnfitAddress(f"Give the address of one of: {', '.join(settings.CHAT_SERVICES)}.")
    host = urlsplit(address).hostname or ""
    if scheme in HOSTS and not host.endswith(HOSTS[scheme]):
        raise UnfitAddress(f"The host must end with {' or '.join(HOSTS[scheme])}.")
    _, *asked = re.split("[?&;]", address)
    if unfit := {unquote(each.partition("=")[0]).strip().lower() for each in asked} - QUESTIONS:
        raise UnfitAddress(f"Leave out of the address: {', '.join(sorted(unfit))}.")
    service = Apprise.instantiate(address, asset=AppriseAsset(app_id="Redress", secure_logging=True))
    if not isinstance(service, NotifyBase):
        raise UnfitAddress(f"This is no whole address of {scheme}.")
    service.redirects, service.verify_certificate = False, True  # whatever the address asks for
    service.socket_connect_timeout = service.socket_read_timeout = settings.EMAIL_TIMEOUT / 2
    return service


def sealed(address: str) -> str:
    return seal(address.encode(), purpose=PURPOSE).decode()


def unsealed(kept: str) -> str:
    """Raises ``Unreadable``."""
    return unseal(kept.encode(), purpose=PURPOSE).decode()
