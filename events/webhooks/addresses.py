"""Where a webhook may go: to an address of the public internet, which is looked up, checked and kept to.

Whoever registers a webhook says where our workers connect to, so this is a door into our own network if it is left
open. ``read_url`` looks at the words, ``resolve`` at what they mean; the connection goes to what ``resolve`` returned.
"""

import re
import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address

LONGEST_URL = 2000
PRINTABLE = re.compile(r"[\x21-\x7e]+")
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*", re.ASCII)
ENDS_IN_NUMBER = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$", re.ASCII)
OURS = ("localhost", "local", "internal", "localdomain", "home.arpa")
PORTS = {"https": 443, "http": 80}

PUBLIC_IPV6 = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")
# Inside what Python calls global: relays and tunnels to an IPv4 address, and what is not for use.
UNFIT = [ip_network(text) for text in ("192.88.99.0/24", "2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20")]


class Forbidden(Exception):
    """Not an address to send to; says why, for the one who registered it."""


class Unresolvable(Exception):
    """Nobody knows the name just now."""


@dataclass(frozen=True, slots=True)
class Target:
    """``host`` is what Host, SNI and the certificate name; ``path`` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_url(url: str) -> Target:
    """Raises ``Forbidden`` for what is no plain https address of a public host."""
    if len(url) > LONGEST_URL or not url.isprintable() or re.search(r"[\s\\]", url):
        raise Forbidden("This is not a valid address.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden("This is not a valid address.") from error
    _ensure_plain(parts)
    host = _host(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not PRINTABLE.fullmatch(path):
        raise Forbidden("Write the path in ASCII, percent-encoded.")
    return Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path)


def _ensure_plain(parts: SplitResult) -> None:
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOK_TEST_NETWORKS):
        raise Forbidden("The address must begin with https://.")
    if "@" in parts.netloc:
        raise Forbidden("The address may not hold a user name or password.")
    if parts.fragment:
        raise Forbidden("The address may not hold a fragment.")
    if parts.port == 0 or not parts.hostname:
        raise Forbidden("The address names no host.")


def _host(parts: SplitResult) -> str:
    """As it is resolved and shown to the receiver. A literal address is checked at once."""
    given = str(parts.hostname)
    if parts.netloc.startswith("["):
        return str(_checked(_literal(given)))
    try:
        host = given.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError as error:
        raise Forbidden("The host is not a valid name.") from error
    if ENDS_IN_NUMBER.search(host):
        return str(_checked(_literal(host)))
    if not HOST.fullmatch(host):
        raise Forbidden("The host is not a valid name.")
    if ("." not in host or host.endswith(tuple(f".{name}" for name in OURS))) and not settings.WEBHOOK_TEST_NETWORKS:
        raise Forbidden("The host is not one of the public internet.")
    return host


def _literal(text: str) -> Address:
    """Four decimal numbers, or IPv6 without a zone: not octal, hexadecimal, or fewer numbers."""
    try:
        address = ip_address(text)
    except ValueError as error:
        raise Forbidden("The host is not a valid address.") from error
    if isinstance(address, IPv6Address) and address.scope_id:
        raise Forbidden("The host is not a valid address.")
    return address


def resolve(target: Target, *, seconds: float) -> list[Address]:
    """The addresses of the target's host, each of them checked.

    Raises ``Unresolvable``, and ``Forbidden`` where a single one is not fit to be told.
    """
    found = list(dict.fromkeys(_look_up(target.host, seconds)))
    if not found:
        raise Unresolvable("The name has no address.")
    checked = [_checked(address) for address in found]
    if target.scheme == "http" and not all(_is_for_tests(address) for address in checked):
        raise Forbidden("The address must begin with https://.")
    return checked


def _checked(address: Address) -> Address:
    if not (is_public(address) or _is_for_tests(address)):
        raise Forbidden("The host is not one of the public internet.")
    return address


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet, on either end of a translation."""
    if isinstance(address, IPv6Address) and address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if isinstance(address, IPv6Address) and address not in PUBLIC_IPV6:
        return False
    if any(address in network for network in UNFIT if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_for_tests(address: Address) -> bool:
    networks: list[IPv4Network | IPv6Network] = [ip_network(text) for text in settings.WEBHOOK_TEST_NETWORKS]
    return any(address in network for network in networks if network.version == address.version)


def _look_up(host: str, seconds: float) -> list[Address]:
    """The system's resolver knows no deadline, so it is asked by a thread that may be left behind."""
    answers: SimpleQueue[list[Address] | Exception] = SimpleQueue()
    threading.Thread(target=_ask_resolver, args=(host, answers), daemon=True, name="webhook-name").start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except Empty as error:
        raise Unresolvable("The name was not resolved in time.") from error
    if isinstance(answer, Exception):
        raise Unresolvable("The name can't be resolved.") from answer
    return answer


def _ask_resolver(host: str, answers: "SimpleQueue[list[Address] | Exception]") -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        answers.put([ip_address(str(address[0]).partition("%")[0]) for *_, address in found])
    except (OSError, ValueError) as error:
        answers.put(error)
