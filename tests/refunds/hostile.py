"""A provider that does what it is told to, step by step, and notes whatever reaches it."""

from django.db import connection

from refunds.providers import PAYERS
from refunds.providers.base import Answer, Provider


class Hostile(Provider):
    """Each item of ``script`` answers one call: an ``Answer``, None (absent) or an exception to raise."""

    def __init__(self, *script) -> None:
        self.script = list(script)
        self.sent: list[str] = []
        self.looked: list[str] = []
        self.in_transaction: list[bool] = []

    def check(self, payment) -> None:
        pass

    def refund(self, request, idempotency_key) -> Answer:
        self.sent.append(idempotency_key)
        return self._next()

    def find(self, request, idempotency_key) -> Answer | None:
        self.looked.append(idempotency_key)
        return self._next()

    def _next(self) -> Answer | None:
        self.in_transaction.append(connection.in_atomic_block)
        step = self.script.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step


def instead_of_the_sandbox(monkeypatch, *script) -> Hostile:
    provider = Hostile(*script)
    monkeypatch.setitem(PAYERS, "sandbox", provider)
    return provider
