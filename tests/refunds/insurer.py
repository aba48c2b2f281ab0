"""An insurer over real HTTP: it checks our signature, keeps claims by their id, and does as it is told.

``script`` answers the next calls: a status and a body, ``None`` to act and hang up, "as it stands", or ``DRIPS``.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from refunds.providers import signature
from refunds.providers.base import EventRejected

DRIPS = (200, "a header without an end, and soon its next byte")
SECRET = "a secret between the desk and the insurer"


class Insurer:
    def __init__(self) -> None:
        self.claims: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []  # method and key or path
        self.forged = 0
        self.script: list[Any] = []
        self.answers: dict[str, dict[str, Any]] = {}  # by claim: where it stands

    def take(self, method: str, path: str, key: str, body: bytes) -> tuple[int, Any] | None:
        self.calls.append((method, key or path))
        if method == "POST":
            claim = json.loads(body)
            assert key == claim["claim_id"]
            self.claims.setdefault(key, claim)
        step = self.script.pop(0) if self.script else "as it stands"
        if step != "as it stands":
            return step
        return 200, self.answers.get(key or path.rpartition("/")[2], {"status": "submitted"})


def time_of(signed: str) -> datetime:
    """As signed: tests put the desk's clock forward, and not this one's."""
    return datetime.fromtimestamp(int(signed.partition(",")[0].removeprefix("t=")), UTC)


class Desk(BaseHTTPRequestHandler):
    """One call of ours; ``insurer`` is the server's."""

    insurer: Insurer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._serve(body, words=body)

    def do_GET(self) -> None:
        self._serve(b"", words=self.path.encode())

    def _serve(self, body: bytes, *, words: bytes) -> None:
        signed = self.headers[signature.HEADER] or ""
        try:
            signature.verify(words, signed, secret=SECRET, at=time_of(signed))
        except EventRejected:
            self.insurer.forged += 1
            self.send_error(401)
            return
        answer = self.insurer.take(self.command, self.path, self.headers["Idempotency-Key"] or "", body)
        if answer is None:  # acted, and the line went dead
            self.close_connection = True
        elif answer is DRIPS:
            self._drip()
        else:
            self._answer(*answer)

    def _answer(self, status: int, content: Any) -> None:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(raw)

    def _drip(self) -> None:
        end = time.monotonic() + 10
        self.close_connection = True
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while time.monotonic() < end:
                self.wfile.write(b"x")
                time.sleep(0.02)

    def log_message(self, *args) -> None:
        pass


@contextmanager
def insurer_at_work(settings) -> Iterator[Insurer]:
    insurer = Insurer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Desk,), {"insurer": insurer}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.INSURER_URL = f"http://127.0.0.1:{server.server_port}/v1/claims"
    settings.INSURER_SECRET = SECRET
    settings.REFUND_HTTP_TIMEOUT = 2
    try:
        yield insurer
    finally:
        server.shutdown()
        server.server_close()
