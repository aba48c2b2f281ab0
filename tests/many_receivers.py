"""Receivers of webhooks in one thread, cheap enough not to be what is measured, with a record of what came."""

import asyncio
import json
import threading
from collections import Counter

HOST = "127.0.0.1"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class ManyReceivers:
    """``arrived``: for each receiver, how often each event came, by the id in the call's header; a body that names
    another id counts in ``under_another_id``.
    """

    def __init__(self, count: int) -> None:
        self.calls = [0] * count
        self.arrived: list[Counter[str]] = [Counter() for _ in range(count)]
        self.under_another_id = 0
        self.urls: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._listen())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _listen(self) -> None:
        for number in range(len(self.calls)):
            server = await self._loop.create_server(lambda number=number: _Call(self, number), HOST, 0, backlog=512)
            self.urls.append(f"http://{HOST}:{server.sockets[0].getsockname()[1]}/hook")

    def take(self, number: int, message_id: str, body: bytes) -> bytes:
        """What is answered; nothing: the connection is closed."""
        self.calls[number] += 1
        self.note(number, message_id, body)
        return NO_CONTENT

    def note(self, number: int, message_id: str, body: bytes) -> None:
        self.arrived[number][message_id] += 1
        self.under_another_id += json.loads(body)["id"] != message_id

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


class _Call(asyncio.Protocol):
    def __init__(self, receivers: ManyReceivers, number: int) -> None:
        self.receivers, self.number, self.received = receivers, number, b""

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        if end and len(body) == int(headers[b"content-length"]):
            self.transport.write(self.receivers.take(self.number, headers[b"webhook-id"].decode(), body))
            self.transport.close()
