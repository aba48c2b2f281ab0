"""Start many threads at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def all_at_once(count: int, deed: Callable[[int], Any]) -> list[Any]:
    """What ``deed(0)`` … ``deed(count - 1)`` returned or raised, in that order, all started together."""
    start = threading.Barrier(count)

    def run(number: int) -> Any:
        start.wait(timeout=30)
        try:
            return deed(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
