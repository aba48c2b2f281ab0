"""Idempotency keys as Stripe keeps them: for a day, with the body they came with and the answer they got."""

import threading
from collections.abc import Callable
from typing import Any

from tests.payment_server.books import ApiError, Books

KEPT_FOR = 24 * 3600
Answer = tuple[int, Any]


class Keys:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.lock = threading.Lock()
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}

    def once(self, owner: tuple[str, str], sent: Any, work: Callable[[], Answer]) -> tuple[Answer, bool]:
        """The answer to the first call with the key, and whether it is a repeat. Raises ``ApiError``."""
        if not owner[1]:
            return work(), False
        known = self._claim(owner, sent)
        if known is not None:
            return known, True
        try:
            answer = work()
        except ApiError as error:
            if not error.is_kept:
                self._forget(owner)
                raise
            answer = (error.status, error.body)
        except BaseException:
            self._forget(owner)
            raise
        self.kept[owner]["answer"] = answer
        return answer, False

    def _claim(self, owner: tuple[str, str], sent: Any) -> Answer | None:
        now = self.books.now()
        with self.lock:
            known = self.kept.get(owner)
            if known is None or now > known["at"] + KEPT_FOR:
                self.kept[owner] = {"at": now, "sent": sent, "answer": None}
                return None
        if known["sent"] != sent:
            text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise ApiError(400, "", text, kind="idempotency_error", is_kept=False)
        if known["answer"] is None:
            raise ApiError(409, "idempotency_key_in_use", "The key is in use.", is_kept=False)
        return known["answer"]

    def _forget(self, owner: tuple[str, str]) -> None:
        with self.lock:
            self.kept.pop(owner, None)
