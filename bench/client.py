"""Loads the API over HTTP from a process of its own: ``python -m bench.client < job > result``.

Written upon sockets, because the time that a client of many features takes would be missing on the server's side.
"""

import json
import socket
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

TIMEOUT = 30


@dataclass
class Result:
    requests: int = 0
    failures: int = 0
    first_failure: str = ""
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Requests per second, and milliseconds."""
        percent = statistics.quantiles(self.latencies, n=100) if len(self.latencies) > 1 else [0.0] * 99
        return {
            "requests": self.requests,
            "failures": self.failures,
            "first_failure": self.first_failure,
            "per_second": round(self.requests / self.seconds, 1),
            "p50": round(percent[49] * 1000, 2),
            "p95": round(percent[94] * 1000, 2),
        }


class Connection:
    """One connection that is kept, as an integration would; gunicorn may close it between two requests."""

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)
        self.socket: socket.socket | None = None

    def send(self, request: bytes) -> tuple[int, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=TIMEOUT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        return self._answer()

    def _answer(self) -> tuple[int, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(headers[b"content-length"])
        while len(body) < length:
            body += self._receive()
        if headers.get(b"connection") == b"close":
            self.close()
        return int(head[9:12]), body

    def _receive(self) -> bytes:
        assert self.socket
        if not (received := self.socket.recv(65536)):
            raise ConnectionError("the server closed the connection")
        return received

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.socket = None


def run(job: dict[str, Any]) -> Result:
    """``job``: host, port, seconds, and for each connection the requests that it repeats in turn."""
    result, lock = Result(), threading.Lock()
    began = time.perf_counter()
    end = began + job["seconds"]
    threads = [
        threading.Thread(target=repeat, args=(job, list(map(str.encode, requests)), end, result), kwargs={"lock": lock})
        for requests in job["connections"]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    return result


def repeat(job: dict[str, Any], requests: list[bytes], end: float, result: Result, *, lock: threading.Lock) -> None:
    connection, own = Connection(job["host"], job["port"]), Result()
    for request in cycle(requests):
        started = time.perf_counter()
        if started >= end:
            break
        try:
            status, body = connection.send(request)
        except OSError as error:
            status, body = 0, str(error).encode()
            connection.close()
        own.latencies.append(time.perf_counter() - started)
        own.requests += 1
        if not 200 <= status < 300:
            own.failures += 1
            own.first_failure = own.first_failure or f"{status} {body.decode(errors='replace')[:300]}"
    connection.close()
    with lock:
        result.requests += own.requests
        result.failures += own.failures
        result.first_failure = result.first_failure or own.first_failure
        result.latencies += own.latencies


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)).summary(), sys.stdout)
