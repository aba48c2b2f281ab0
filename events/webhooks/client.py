"""One POST to one checked address, within one deadline and in bounded memory.

h11 speaks the protocol; the socket is ours, so that it goes where it was checked to go, follows nothing, asks no
proxy, and stops at the deadline however slowly the receiver answers.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import h11

from events.webhooks.addresses import Address, Target, resolve

MOST_HEADERS = 16 * 1024
MOST_BODY = 4 * 1024
CHUNK = 4 * 1024
# The status says all; for the words of the receiver we wait no longer than that.
SECONDS_FOR_BODY = 2.0


class NoAnswer(Exception):
    """Nothing came back that says what became of it; the text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver said. ``body`` is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Deadline:
    seconds: float
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Raises ``NoAnswer`` when it is over."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise NoAnswer(f"No answer within {self.seconds:g} seconds.")
        return left


def post(target: Target, headers: Mapping[str, str], body: bytes, *, seconds: float) -> Reply:
    """Raises ``NoAnswer``, and ``Forbidden`` or ``Unresolvable`` before anything is sent."""
    deadline = Deadline(seconds)
    addresses = resolve(target, seconds=deadline.left)
    try:
        with _connected(addresses, target, deadline) as connection:
            talk = _Talk(connection, deadline)
            talk.ask(target, headers, body)
            return talk.reply()
    except TimeoutError as error:
        raise NoAnswer(f"No answer within {seconds:g} seconds.") from error
    except ssl.SSLError as error:
        raise NoAnswer(
            f"TLS: {error.reason or 'failed'}; {getattr(error, 'verify_message', '')}".rstrip("; ")
        ) from error
    except OSError as error:
        raise NoAnswer(f"The connection failed: {error.strerror or type(error).__name__}.") from error
    except h11.ProtocolError as error:
        raise NoAnswer(f"The answer is not HTTP/1.1: {error}") from error


def _connected(addresses: list[Address], target: Target, deadline: Deadline) -> socket.socket:
    """To the first address that takes the connection."""
    for position, address in enumerate(addresses, start=1):
        # Of several, a dead one leaves time for the next.
        seconds = deadline.left / (len(addresses) - position + 1)
        try:
            plain = socket.create_connection((str(address), target.port), timeout=seconds)
            break
        except OSError:
            if position == len(addresses):
                raise
    try:
        return _over_tls(plain, target, deadline) if target.scheme == "https" else plain
    except BaseException:
        plain.close()
        raise


def _over_tls(plain: socket.socket, target: Target, deadline: Deadline) -> ssl.SSLSocket:
    plain.settimeout(deadline.left)
    return tls().wrap_socket(plain, server_hostname=target.host)


@cache
def tls() -> ssl.SSLContext:
    """The system's authorities; the certificate must be for the name."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Talk:
    """A connection, and where in the protocol it stands."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self.connection = connection
        self.deadline = deadline
        self.protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADERS)

    def ask(self, target: Target, headers: Mapping[str, str], body: bytes) -> None:
        named = {"Host": target.authority, **headers, "Content-Length": str(len(body)), "Connection": "close"}
        request = h11.Request(method="POST", target=target.path, headers=list(named.items()))
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            self._write(self.protocol.send(event) or b"")

    def reply(self) -> Reply:
        response = self._response()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
        return Reply(response.status_code, headers, self._beginning_of_body())

    def _response(self) -> h11.Response:
        while not isinstance(event := self._next(), h11.Response):
            pass  # informational
        return event

    def _beginning_of_body(self) -> bytes:
        """What comes soon and fits; however it ends, the status stands."""
        body = b""
        self.deadline.end = min(self.deadline.end, time.monotonic() + SECONDS_FOR_BODY)
        try:
            while len(body) < MOST_BODY and isinstance(event := self._next(), h11.Data):
                body += event.data
        except (OSError, NoAnswer, h11.ProtocolError):
            pass
        return body[:MOST_BODY]

    def _next(self) -> Any:
        while (event := self.protocol.next_event()) is h11.NEED_DATA:
            self.connection.settimeout(self.deadline.left)
            data = self.connection.recv(CHUNK)
            if not data and self.protocol.their_state is h11.SEND_RESPONSE:
                raise NoAnswer("The receiver closed the connection without an answer.")
            self.protocol.receive_data(data)
        return event

    def _write(self, data: bytes) -> None:
        while data:
            self.connection.settimeout(self.deadline.left)
            data = data[self.connection.send(data) :]
