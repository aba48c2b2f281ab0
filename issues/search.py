"""Find issues by words: in the number, the order, the customer, the description and the notes.

An issue is found when each word of the query stands somewhere in its texts: as a part of a word, and on PostgreSQL
also in another grammatical form. There, both are answered by GIN indexes of a table of its own (migration 0003), so
that no write of an issue has to touch them. On SQLite the texts are looked through.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from common.prepared import insert_all
from events.models import Event
from events.subscribers import subscribe
from issues.models import Issue, SearchEntry
from orders.models import Order

# Up to so many hits of a word are listed and joined; of a commoner word, each listed issue is asked instead. With a
# limit much lower, PostgreSQL reads the whole table for the first hits rather than an index for all.
FEW = 5000
MAX_WORDS = 10

# Without three letters in a row there is no trigram to look up: then words that begin so are found.
HAS_TRIGRAM = re.compile(r"\w{3}")


def index_issue(issue: Issue) -> None:
    """Make a new issue findable."""
    header = SearchEntry(issue=issue, is_header=True, text=_header(issue))
    insert_all([header, SearchEntry(issue=issue, text=issue.description)])


def index_text(issue: Issue, text: str) -> None:
    """Make ``issue`` findable by ``text`` too."""
    SearchEntry.objects.create(issue=issue, text=text)


def matching(query: str) -> Q:
    """The issues that ``query`` finds. On PostgreSQL this asks once which of its words are rare, and starts there."""
    words = list(dict.fromkeys(query.split()))[:MAX_WORDS]
    if connection.vendor != "postgresql":
        return _all(Q(_entry_with(word)) for word in words)
    hits = _first_hits(words)
    rare = [set(hits[word]) for word in words if len(hits[word]) <= FEW]
    common = [word for word in words if len(hits[word]) > FEW]
    found = Q(pk__in=set.intersection(*rare)) if rare else Q()
    return found & _all(Q(_entry_with(word)) for word in common)


def _first_hits(words: list[str]) -> dict[str, list[UUID]]:
    """An issue for each entry that has the word: all of them, or one more than ``FEW``. One statement for all words."""
    hits: dict[str, list[UUID]] = defaultdict(list)
    if not words:
        return hits
    first, *others = [
        _entries_with(word).annotate(place=_place(place)).values_list("place", "issue")[: FEW + 1]
        for place, word in enumerate(words)
    ]
    for place, issue_id in first.union(*others, all=True) if others else first:
        hits[words[place]].append(issue_id)
    return hits


def _place(place: int) -> Value:
    return Value(place, output_field=IntegerField())


def _entry_with(word: str) -> Exists:
    return Exists(_entries_with(word).filter(issue=OuterRef("pk")))


def _entries_with(word: str) -> QuerySet[SearchEntry]:
    contains = Q(text__icontains=word)
    if connection.vendor != "postgresql":  # SQLite's LIKE knows upper and lower case of ASCII alone
        in_any_case = contains if word.isascii() else Q(text__iregex=re.escape(word))
        return SearchEntry.objects.filter(in_any_case)
    has_signs = not word.isalnum()
    if not HAS_TRIGRAM.search(word):
        begins_so = Q(_vector_fits("to_tsquery('simple', %s)", f"{_quoted(word)}:*"))
        return SearchEntry.objects.filter(begins_so & contains if has_signs else begins_so)
    if has_signs:
        return SearchEntry.objects.filter(contains)
    return SearchEntry.objects.filter(contains | Q(_vector_fits("plainto_tsquery('english', %s)", word)))


def _vector_fits(tsquery: str, word: str) -> RawSQL:
    return RawSQL(f"vector @@ {tsquery}", [word], output_field=BooleanField())  # noqa: S611 (no text of a caller)


def _quoted(word: str) -> str:
    """As one word of a tsquery, whatever signs it holds."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _all(conditions: Iterable[Q]) -> Q:
    together = Q()
    for condition in conditions:
        together &= condition
    return together


def _header(issue: Issue) -> str:
    customer = issue.order.customer
    words = [issue.number, issue.order_id, *([customer.name, customer.email] if customer else [])]
    return " ".join(filter(None, words))


def subscribe_all() -> None:
    """Headers follow the order and the customer that they speak of."""
    subscribe("order.updated", lambda event: _write_headers(Order.objects.filter(pk=event.order_id)))
    for name in ("customer.updated", "customer.erased"):
        subscribe(name, _write_headers_of_customer)


def _write_headers_of_customer(event: Event) -> None:
    """Of the orders that named them once, too: who is erased stands in none, whatever was heard of those before."""
    ever = Order.objects.ids_ever_of(event.data["customer_id"])
    _write_headers(Order.objects.filter(pk__in=ever))


def _write_headers(orders: QuerySet[Order]) -> None:
    headers = SearchEntry.objects.filter(is_header=True, issue__order__in=orders)
    for entry in headers.select_related("issue__order__customer"):
        entry.text = _header(entry.issue)
        entry.save(update_fields=["text"])
