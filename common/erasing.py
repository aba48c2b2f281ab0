"""Take what names a person out of texts, as it was written and as HTML writes it; and let nobody write it anew."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from html import escape
from typing import Any

from django.db import connection
from django.db.models import QuerySet

ERASED = "(erased)"
BATCH = 200
NAMES = 7_270_010  # the number of our one advisory lock

Forget = Callable[[str], str]


def forgetting(words: Iterable[str]) -> Forget:
    """Puts ``ERASED`` in the place of each of ``words`` that stands by itself: for "Al" in "Al called", not in "Also".

    A single letter stays: it names nobody, and stands in every text.
    """
    known = {" ".join(word.split()) for word in words}
    written = {form for word in known if len(word) > 1 for form in (word, escape(word))}
    if not written:
        return str
    longest_first = sorted(written, key=lambda word: (-len(word), word))
    personal = re.compile("|".join(map(_pattern, longest_first)))
    return partial(personal.sub, ERASED)


def forget_in(rows: QuerySet[Any], fields: Sequence[str], forget: Forget) -> None:
    """Write the rows that change, many at once and without history: for columns that no audit hashes."""
    changed = [row for row in rows.only("pk", *fields).iterator(BATCH) if _is_changed(row, fields, forget)]
    rows.model._base_manager.bulk_update(changed, fields, batch_size=BATCH)


def copies_names() -> None:
    """For a transaction that holds no order and writes down what it reads of customers: until its end nobody is erased.

    Its first deed, since whoever erases has to wait for it, and must not be waited for. Others do the same at the same
    time. SQLite has one writer at a time, which reads when it is its turn.
    """
    _advise("SELECT pg_advisory_xact_lock_shared(%s)")


def wait_for_copies() -> None:
    """For whoever erases: until those are over that may have read the name before, and nobody reads it meanwhile."""
    _advise("SELECT pg_advisory_xact_lock(%s)")


def _advise(lock: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(lock, [NAMES])


def _pattern(word: str) -> str:
    """In any case of letters, but for a single word, which may be one of the language too: "Mark"."""
    pattern = r"\s+".join(map(re.escape, word.split()))
    in_case = pattern if word.isalpha() else f"(?i:{pattern})"
    before = "" if _stands_close(word[0]) else r"(?<!\w)"
    after = "" if _stands_close(word[-1]) else r"(?!\w)"
    return f"{before}{in_case}{after}"


def _stands_close(sign: str) -> bool:
    """Scripts without upper and lower case may put no space between a name and what follows: 王芳说."""
    return sign.isalpha() and sign.lower() == sign.upper()


def _is_changed(row: Any, fields: Sequence[str], forget: Forget) -> bool:
    before = [getattr(row, name) for name in fields]
    after = [forget(text)[: row._meta.get_field(name).max_length] for name, text in zip(fields, before, strict=True)]
    for name, text in zip(fields, after, strict=True):
        setattr(row, name, text)
    return before != after
