"""The HTTP of the payment server."""

import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.payment_server.books import ApiError, Books, Step, public
from tests.payment_server.keys import Answer, Keys

CONTROLS = {
    "reset", "add_payments", "add_payment", "script", "set_latency", "forward", "refund", "settle", "dispute",
    "close_dispute",
}  # fmt: skip
STATUS_OF = {
    Step.PENDING: "pending", Step.REQUIRES_ACTION: "requires_action", Step.DECLINE: "failed",
}  # fmt: skip
KEPT_ERROR = (500, {"error": {"type": "api_error", "message": "An unknown error occurred"}})


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "Server"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *args: Any) -> None:
        """Silent: ``/_calls`` tells."""

    def _answer(self) -> None:
        url = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.account = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.repeated = False
        try:
            if url.path.startswith("/_"):
                status, body = self._control(url.path, sent)
            else:
                status, body = self._api(url.path, _fields(sent.decode() or url.query))
        except ApiError as error:
            status, body = error.status, error.body
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(status, body)

    def _send(self, status: int, body: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        if self.repeated:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(raw)

    def _control(self, path: str, sent: bytes) -> Answer:
        books = self.server.books
        if path in ("/_effects", "/_calls", "/_events", "/_refunds"):
            rows = getattr(books, path.removeprefix("/_"))
            with books.lock:
                return 200, list(rows.values() if isinstance(rows, dict) else rows)
        name = path.removeprefix("/_control/")
        if name not in CONTROLS:
            return 404, {}
        if name == "reset":
            self.server.keys.kept.clear()
        return 200, getattr(books, name)(**json.loads(sent or b"{}"))

    def _api(self, path: str, fields: dict[str, Any]) -> Answer:
        key = self.headers.get("Idempotency-Key", "") if self.command == "POST" else ""
        self.server.books.calls.append(
            {"method": self.command, "path": path, "key": key, "fields": fields, "account": self.account}
        )
        if not self.account:
            raise ApiError(401, "", "You did not provide an API key.", is_kept=False)
        for method, pattern, answer in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                return answer(self, fields, *match.groups())
        raise ApiError(404, "", f"Unrecognized request URL ({self.command}: {path}).", is_kept=False)

    def create_refund(self, fields: dict[str, Any]) -> Answer:
        reference = fields.get("payment_intent") or fields.get("charge") or ""
        owner = (self.account, self.headers.get("Idempotency-Key", ""))
        closing: list[bool] = []
        answer, self.repeated = self.server.keys.once(
            owner, ("/v1/refunds", fields), lambda: self._act(reference, fields, closing)
        )
        if closing:
            raise Dropped
        return answer

    def _act(self, reference: str, fields: dict[str, Any], closing: list[bool]) -> Answer:
        books, step = self.server.books, self.server.books.next_step(reference)
        if step == Step.DROP_BEFORE:
            raise Dropped
        if step == Step.ERROR_BEFORE:
            return KEPT_ERROR
        if step in REFUSALS:
            raise REFUSALS[step]
        amount = int(fields["amount"]) if "amount" in fields else None
        refund = books.refund(
            reference,
            amount,
            status=STATUS_OF.get(step, "succeeded"),
            account=self.account,
            metadata=fields.get("metadata"),
            key=self.headers.get("Idempotency-Key", ""),
        )
        if step == Step.DROP:
            closing.append(True)
        if step == Step.SLOW:
            time.sleep(books.latency)
        return {Step.ERROR: KEPT_ERROR, Step.GARBAGE: (200, b"<html>Welcome</html>")}.get(step, (200, public(refund)))

    def list_refunds(self, fields: dict[str, Any]) -> Answer:
        books = self.server.books
        with books.lock:
            reference = fields.get("payment_intent") or fields.get("charge")
            if reference:
                found = books.refunds_of[books.find_payment(reference, self.account)["pi"]]
            else:
                found = [number for number, row in books.refunds.items() if row["_account"] in ("", self.account)]
            rows = [public(books.refunds[number]) for number in reversed(found)]
        since = int(fields.get("created", {}).get("gte", 0))
        return _page([row for row in rows if row["created"] >= since], fields)

    def get_refund(self, fields: dict[str, Any], number: str) -> Answer:
        return self._one(self.server.books.refunds, number)

    def list_disputes(self, fields: dict[str, Any]) -> Answer:
        books = self.server.books
        payment = books.find_payment(fields.get("payment_intent") or fields.get("charge") or "", self.account)
        return _page([public(row) for row in books.disputes.values() if row["charge"] == payment["ch"]], fields)

    def get_dispute(self, fields: dict[str, Any], number: str) -> Answer:
        return self._one(self.server.books.disputes, number)

    def get_payment(self, fields: dict[str, Any], reference: str) -> Answer:
        payment = self.server.books.find_payment(reference, self.account)
        kind = "payment_intent" if reference.startswith("pi_") else "charge"
        refunded = self.server.books.refunded(payment)
        row = {"id": reference, "object": kind, "amount": payment["amount"], "currency": payment["currency"]}
        return 200, row | {"amount_refunded": refunded, "latest_charge": payment["ch"]}

    def _one(self, rows: dict[str, dict[str, Any]], number: str) -> Answer:
        row = rows.get(number)
        if row is None or row["_account"] not in ("", self.account):
            raise ApiError(404, "resource_missing", f"No such object: '{number}'", is_kept=False)
        return 200, public(row)


REFUSALS = {
    Step.REFUSE: ApiError(400, "refund_refused", "This payment can't be refunded."),
    Step.BUSY: ApiError(429, "rate_limit", "Too many requests.", is_kept=False),
    Step.CONFLICT: ApiError(409, "idempotency_key_in_use", "The key is in use.", is_kept=False),
}
ROUTES = [
    ("POST", r"/v1/refunds", Handler.create_refund),
    ("GET", r"/v1/refunds", Handler.list_refunds),
    ("GET", r"/v1/refunds/(\w+)", Handler.get_refund),
    ("GET", r"/v1/disputes", Handler.list_disputes),
    ("GET", r"/v1/disputes/(\w+)", Handler.get_dispute),
    ("GET", r"/v1/(?:payment_intents|charges)/(\w+)", Handler.get_payment),
]


def _fields(text: str) -> dict[str, Any]:
    """A form as Stripe writes it: ``metadata[name]=value`` is one level deeper."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text):
        outer, inner = re.fullmatch(r"([^\[]+)(?:\[(.*)\])?", name).groups()
        if inner is None:
            fields[outer] = value
        else:
            fields.setdefault(outer, {})[inner] = value
    return fields


def _page(rows: list[dict[str, Any]], fields: dict[str, Any]) -> Answer:
    limit, after = int(fields.get("limit", 10)), fields.get("starting_after")
    start = next((place + 1 for place, row in enumerate(rows) if row["id"] == after), 0)
    page = rows[start : start + limit]
    return 200, {"object": "list", "data": page, "has_more": len(rows) > start + limit, "url": "/v1/refunds"}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, Handler)
        self.books = Books()
        self.keys = Keys(self.books)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who went away, as they do when they are killed."""


class PaymentServer:
    """The server in a thread of this process, on a free port of the loopback."""

    def __init__(self, port: int = 0) -> None:
        self._server = Server(("127.0.0.1", port))
        self.books = self._server.books
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "PaymentServer":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        self._server.serve_forever()
