"""The story of an issue: one list in the order of time, merged from the places where it is written down.

Each source is read from a key onwards, so that a page costs the same few statements at any depth. The first page, which
stands on every page of an issue, is asked for by prepared statements.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Employee
from common.money import as_currency
from common.prepared import Parameter, Prepared
from issues import history
from issues import timeline_beside as beside
from issues.models import Approval, Attachment, Communication, Issue, Note, StoredFile
from refunds.models import Refund

# What an agent would call a change; the rest of a history row follows from it.
TOLD = (
    "status", "priority", "assigned_to", "assigned_team", "resolution_description", "customer_satisfied",
    "customer_contacted", "follow_up_required", "follow_up_date",
)  # fmt: skip

# Rows read from each source at least, so that a short page is not left empty by rows that have nothing to tell.
LEAST_WINDOW = 50
LAST_PART = 1_000_000

Data = dict[str, Any]
Told = tuple[str, Data]  # the entry's type and data
Tell = Callable[[list[Any]], Iterable[tuple[Any, list[Told]]]]


class Key(NamedTuple):
    """Where an entry stands: by time, then by source, then by the source's row, then inside what the row tells."""

    at: datetime
    source: int
    row: Any
    part: int


@dataclass(frozen=True)
class Entry:
    key: Key
    type: str
    employee: Employee | None
    via: str
    data: Data
    key_id: int | None = None  # of the API key that was used

    @property
    def at(self) -> datetime:
        return self.key.at


@dataclass(frozen=True)
class Source:
    """``rows`` of the issue with a key, timed by ``at``; ``tell`` makes entries of some rows: (row, what it tells).

    ``said``: rows of any issue, of which those of merged duplicates are told too.
    """

    rows: Callable[[Any], QuerySet]
    tell: Tell
    at: str = "created_at"
    pk: str = "id"
    pk_type: Callable[[Any], Any] = UUID
    author: str | None = "author"
    said: QuerySet | None = None


def key_of(at: str, source: int, row: Any, part: int) -> Key:
    """The key that was once written as these values. Raises ``ValueError`` and other errors for what was none."""
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or source < 0 or not isinstance(part, int):
        raise ValueError("no key of ours")
    return Key(moment.astimezone(UTC), source, SOURCES[source].pk_type(row), part)


def entries_of(
    issue: Issue,
    *,
    after: Key | None = None,
    limit: int = 50,
    newest_first: bool = False,
    sources: Collection["Source"] | None = None,
) -> tuple[list[Entry], bool]:
    """The ``limit`` entries that follow ``after``, of some ``sources`` or of all, and whether there are more.

    ``newest_first`` walks the same list from its other end. One round of statements, and another only where dozens
    of rows in a row had nothing to tell.
    """
    while True:
        page, end = _round(issue, after, limit, newest_first=newest_first, sources=sources or SOURCES)
        if page or end is None:
            return page, end is not None
        after = end


def _round(
    issue: Issue, after: Key | None, limit: int, *, newest_first: bool, sources: Collection["Source"]
) -> tuple[list[Entry], Key | None]:
    """The page, and from where to go on."""
    window = max(limit, LEAST_WINDOW) + 1
    found: list[Entry] = []
    ends: list[Key] = []  # behind the first of these, a source has more than it was asked for
    for position, source in enumerate(SOURCES):
        if source not in sources:
            continue
        rows = _read(position, issue, after, newest_first=newest_first, window=window)
        found += _entries(source, position, rows)
        if len(rows) == window:
            ends.append(Key(getattr(rows[-1], source.at), position, rows[-1].pk, 0 if newest_first else LAST_PART))
    end = (max if newest_first else min)(ends, default=None)
    inside = [entry for entry in found if _is_between(entry.key, after, end, newest_first)]
    inside.sort(key=lambda entry: entry.key, reverse=newest_first)
    page = inside[:limit]
    if len(inside) > limit:
        return page, page[-1].key
    return page, end


def _is_between(key: Key, after: Key | None, end: Key | None, newest_first: bool) -> bool:
    if newest_first:
        return (after is None or key < after) and (end is None or key >= end)
    return (after is None or key > after) and (end is None or key <= end)


def _read(position: int, issue: Issue, after: Key | None, *, newest_first: bool, window: int) -> list[Any]:
    source = SOURCES[position]
    said = source.said if source.said is not None and issue.merged_here else None
    if after is None and said is None:
        return _first_rows(position, newest_first, window).fetch(issue=issue.pk)
    rows = source.rows(issue.pk) if said is None else beside.said_here_too(issue, said)
    return list(_in_order(source, _behind(rows, position, after, newest_first), newest_first)[:window])


@lru_cache
def _first_rows(position: int, newest_first: bool, window: int) -> Prepared:
    source, issue = SOURCES[position], Parameter("issue", Issue._meta.pk)
    return Prepared(lambda: _in_order(source, source.rows(issue), newest_first)[:window])


def _in_order(source: Source, rows: QuerySet, newest_first: bool) -> QuerySet:
    direction = "-" if newest_first else ""
    return rows.order_by(f"{direction}{source.at}", f"{direction}{source.pk}")


def _behind(rows: QuerySet, position: int, after: Key | None, newest_first: bool) -> QuerySet:
    """The rows that may hold something behind ``after``: its own row too, which may tell more than one thing."""
    if after is None:
        return rows
    source, beyond = SOURCES[position], "lt" if newest_first else "gt"
    later = Q(**{f"{source.at}__{beyond}": after.at})
    if position == after.source:
        return rows.filter(later | Q(**{source.at: after.at, f"{source.pk}__{beyond}e": after.row}))
    stands_behind = position < after.source if newest_first else position > after.source
    return rows.filter(later | Q(**{source.at: after.at}) if stands_behind else later)


def _entries(source: Source, position: int, rows: list[Any]) -> Iterator[Entry]:
    for row, told in source.tell(rows):
        at, via = getattr(row, source.at), getattr(row, "via", "system")
        employee = getattr(row, source.author) if source.author else None
        for part, (type_, data) in enumerate(told):
            yield Entry(Key(at, position, row.pk, part), type_, employee, via, data, getattr(row, "key_id", None))


def _each(tell: Callable[[Any], list[Told]]) -> Tell:
    """For a row that tells its part without looking at another."""
    return lambda rows: [(row, tell(row)) for row in rows]


def _tell_history(rows: list[Any]) -> Iterator[tuple[Any, list[Told]]]:
    for previous, row in history.with_previous(rows):
        told = [change for change in history.changes(previous, row) if change["field"] in TOLD]
        if previous is None:
            yield row, [("created", {change["field"]: change["after"] for change in told})]
        else:
            yield row, [(_type_of(change), change) for change in told]


def _type_of(change: history.Change) -> str:
    return "status_changed" if change["field"] == "status" else "field_changed"


def _tell_note(note) -> list[Told]:
    return [("note", {"body": note.body} | beside.origin_of(note))]


def _tell_communication(word) -> list[Told]:
    shown = ("channel", "direction", "body", "occurred_at")
    return [("communication", {name: getattr(word, name) for name in shown} | beside.origin_of(word))]


def _tell_attachment(attachment) -> list[Told]:
    return [("attachment", {"url": attachment.url})]


def _tell_refund(row) -> list[Told]:
    if row.status == row.previous_status and _amount_before(row) is None:
        return []
    data = _step(row) | {
        "refund_id": row.id,
        "amount": as_currency(row.amount, row.currency),
        "previous_amount": _amount_before(row),
        "currency": row.currency,
        "source": row.source,
        "failure_code": row.failure_code or None,
        "failure_reason": row.failure_reason or None,
    }
    return [("refund", data)]


def _amount_before(row) -> Decimal | None:
    """Where a step changed it: an insurer may accept less than was asked."""
    changed = row.previous_amount not in (None, row.amount)
    return as_currency(row.previous_amount, row.currency) if changed else None


def _tell_approval(row) -> list[Told]:
    if row.status == row.previous_status:
        return []
    note = row.note if row.previous_status is None else row.decision_note
    data = _step(row) | {"approval_id": row.id, "kind": row.kind, "note": note or None}
    absent = row.on_behalf_of.employee_id if row.on_behalf_of else None
    return [("approval", data | {"on_behalf_of": absent})]


def _step(row) -> Data:
    return {"field": "status", "before": row.previous_status, "after": row.status}


def _steps_of(rows: QuerySet) -> QuerySet:
    """The history rows of refunds or approvals, each with the status before it."""
    return rows.annotate(previous_status=_before(rows, "status")).select_related("history_user")


def _before(rows: QuerySet, column: str) -> Subquery:
    before = rows.model.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    return Subquery(before.order_by("-history_id").values(column)[:1])


def _refund_steps(issue_id: Any) -> QuerySet:
    steps = _steps_of(Refund.history.model.objects.filter(id__in=Refund.objects.filter(issue=issue_id).values("pk")))
    return steps.annotate(previous_amount=_before(steps, "amount"))


def _approval_steps(issue_id: Any) -> QuerySet:
    approvals = Approval.objects.filter(issue=issue_id).values("pk")
    steps = _steps_of(Approval.history.model.objects.filter(id__in=approvals))
    return steps.select_related("history_user", "on_behalf_of")


def _attachments(issue_id: Any) -> QuerySet:
    return Attachment.objects.filter(issue=issue_id).select_related("author")


def _audited(rows: Callable[[Any], QuerySet], tell: Tell) -> Source:
    return Source(rows, tell, at="history_date", pk="history_id", pk_type=int, author="history_user")


def _said(rows: QuerySet, tell: Callable[[Any], list[Told]]) -> Source:
    by_author = rows.select_related("author")
    return Source(lambda issue_id: by_author.filter(issue=issue_id), _each(tell), said=by_author)


NOTES = _said(Note.objects.all(), _tell_note)
COMMUNICATIONS = _said(Communication.objects.all(), _tell_communication)
MESSAGES = (NOTES, COMMUNICATIONS)

# Of entries at the same moment, those of the earlier source come first.
SOURCES = (
    _audited(history.rows_of, _tell_history),
    NOTES,
    COMMUNICATIONS,
    Source(_attachments, _each(_tell_attachment)),
    _audited(_refund_steps, _each(_tell_refund)),
    _audited(_approval_steps, _each(_tell_approval)),
    Source(beside.messages_of, _each(beside.tell_message), author=None),
    _audited(beside.tag_steps, _each(beside.tell_tag)),
    _audited(beside.link_steps, _each(beside.tell_link)),
    _said(StoredFile.objects.present(), beside.tell_file),
)
