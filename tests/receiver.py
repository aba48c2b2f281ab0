"""Real receivers of webhooks, on loopback: those that take what comes, and those that make trouble."""

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENDLESS = b"x" * 4096


@dataclass(frozen=True)
class Call:
    headers: dict[str, str]
    body: bytes


class Receiver:
    """``behave`` answers a call by its handler; ``calls`` are those that came, ``connections`` counts them all."""

    def __init__(
        self,
        behave: Callable[[BaseHTTPRequestHandler], None] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        certificate: str = "",
    ) -> None:
        self.behave = behave or answer(204)
        self.calls: list[Call] = []
        self.connections = 0
        self.at_once = self.most_at_once = 0
        self._counting = threading.Lock()
        self._server = _server_of(self, (host, port))
        self.port = self._server.server_port
        self.url = f"http://{host}:{self.port}/hook"
        self.server_names: list[str] = []
        if certificate:
            self._speak_tls(certificate)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        with self._counting:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            body = handler.rfile.read(int(handler.headers["Content-Length"]))
            self.calls.append(Call({name.lower(): value for name, value in handler.headers.items()}, body))
            self.behave(handler)
        except OSError:
            pass  # the sender had enough
        finally:
            with self._counting:
                self.at_once -= 1

    def _speak_tls(self, certificate: str) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _, name, __: self.server_names.append(name)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def ids(self) -> list[str]:
        return [call.headers["webhook-id"] for call in self.calls]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _server_of(receiver: Receiver, address: tuple[str, int]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, *args) -> None:
            """Quietly."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 128

        def verify_request(self, request, client_address) -> bool:
            receiver.connections += 1
            return True

    return Server(address, Handler)


def answer(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status not in (204, 304):
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def wait(seconds: float, then: int = 204) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        answer(then)(handler)

    return behave


def endless_body(status: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends for as long as anybody reads."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()
        while True:
            handler.wfile.write(ENDLESS)

    return behave


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"x-more: " + ENDLESS + b"\r\n")


def a_byte_at_a_time(handler: BaseHTTPRequestHandler) -> None:
    """Each read of the sender gets something, and the answer never ends."""
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"y" * 10_000:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\x01 not http at all\r\n\r\n")
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
