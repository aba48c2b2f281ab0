"""What the audit tells of an issue: each row with what it changed, and the issue as it once stood."""

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import ApiKey
from common.audit import Audited, tracked_fields
from common.money import as_currency
from issues.models import Issue, Note
from orders.models import Order
from refunds.models import RELEASED, Refund

# What a row can have changed, by the names of the API. The rest of a row (id, version, updated_at) tells of itself.
SHOWN = (
    "status", "priority", "assigned_to", "assigned_team", "resolution_description", "customer_satisfied",
    "customer_contacted", "follow_up_required", "follow_up_date", "sla_policy", "due_at", "first_response_at",
    "resolved_at", "closed_at", "reopened_count",
)  # fmt: skip

Change = dict[str, Any]  # "field", "before", "after"


def rows_of(issue_id: Any) -> QuerySet:
    """The audit rows, each with the number of the one before it, ready for ``with_previous``."""
    rows = Issue.history.model.objects
    before = rows.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    return (
        rows.filter(id=issue_id)
        .select_related("history_user", "assigned_to", "assigned_team")
        .annotate(previous_id=Subquery(before.order_by("-history_id").values("history_id")[:1]))
        .order_by("history_id")
    )


def with_previous(rows: Iterable[Any]) -> list[tuple[Any | None, Any]]:
    """Each row of ``rows_of`` behind the one before it, which the first of all has not. One statement at most."""
    rows = list(rows)
    known = {row.history_id: row for row in rows}
    if missing := {row.previous_id for row in rows} - known.keys() - {None}:
        related = type(rows[0]).objects.select_related("assigned_to", "assigned_team")
        known |= related.in_bulk(missing, field_name="history_id")
    return [(known.get(row.previous_id), row) for row in rows]


def changes(previous: Any | None, row: Any) -> list[Change]:
    """What differs between two rows, in the order of ``SHOWN``."""
    before = _shown(previous) if previous else dict.fromkeys(SHOWN)
    after = _shown(row)
    return [
        {"field": name, "before": before[name], "after": after[name]} for name in SHOWN if before[name] != after[name]
    ]


def audit_rows(issue: Issue, rows: list[Any]) -> list[dict[str, Any]]:
    """Rows of ``rows_of`` as an answer: the same few statements for any number of them."""
    notes = _notes_by_version(issue, rows)
    refunds = list(issue.refunds.order_by("created_at", "id")) if rows else []
    keys = ApiKey.objects.in_bulk({row.key_id for row in rows} - {None})
    return [
        {
            "version": row.version,
            "at": row.history_date,
            "employee_id": row.history_user.employee_id if row.history_user else None,
            "key": keys[row.key_id].prefix if row.key_id in keys else None,
            "via": row.via,
            "request_id": row.request_id,
            "changes": changes(previous, row)
            + _brought_notes(previous, row, notes)
            + _started_refunds(previous, row, refunds),
            "hash": row.hash,
        }
        for previous, row in with_previous(rows)
    ]


def _notes_by_version(issue: Issue, rows: Iterable[Any]) -> dict[int, list[str]]:
    notes: dict[int, list[str]] = {}
    found = Note.objects.filter(issue=issue, issue_version__in={row.version for row in rows})
    for version, body in found.order_by("created_at", "id").values_list("issue_version", "body"):
        notes.setdefault(version, []).append(body)
    return notes


def _brought_notes(previous: Any | None, row: Any, notes: Mapping[int, list[str]]) -> list[Change]:
    """The notes of the row's version, where the row is the first of it."""
    if previous is not None and previous.version == row.version:
        return []
    return [{"field": "notes", "before": None, "after": body} for body in notes.get(row.version, [])]


def _started_refunds(previous: Any | None, row: Any, refunds: Iterable[Refund]) -> list[Change]:
    """Those of the row's update: it starts them, and then writes the row, while it holds the issue.

    Credit in place of a refund that failed writes no row.
    """
    started = [
        refund
        for refund in refunds
        if previous and previous.history_date < refund.created_at <= row.history_date and refund.replaces_id is None
    ]
    return [
        {"field": field, "before": None, "after": value}
        for refund in started
        for field, value in (
            ("refund_amount", as_currency(refund.amount, refund.currency)),
            ("refund_source", refund.source),
        )
    ]


def as_of(issue: Issue, moment: datetime) -> Issue | None:
    """The issue, with its order, as it stood at ``moment``; None where it was not there yet. Not to be saved."""
    if moment < issue.created_at:
        return None
    # A row is written a little after the ``updated_at`` that it tells of: the first row of a version counts from there.
    late = Case(When(history_date__lte=moment, then=Value(0)), default=F("history_id"), output_field=BigIntegerField())
    row = (
        issue.history.filter(Q(updated_at__lte=moment) | Q(version=1))
        .select_related("assigned_to", "assigned_team")
        .order_by("-version", late, "-history_id")
        .first()
    )
    past = _with_values_of(row, issue)
    past.assigned_to, past.assigned_team = row.assigned_to, row.assigned_team
    past.order = order_as_of(issue.order, moment)
    return past


def order_as_of(order: Order, moment: datetime) -> Order:
    """The order, and what of it was refunded or promised; its customer's name is the present one."""
    row = order.audit_row_at(moment)
    past = _with_values_of(row, order) if row else copy.copy(order)
    past.refund_reserved = _reserved_at(order, moment)
    return past


def _reserved_at(order: Order, moment: datetime) -> Decimal:
    """What counted then, in one statement: of our refunds, and of those that were made elsewhere."""
    ours = _amounts_at(order.refunds, moment, ~Q(status__in=RELEASED))
    elsewhere = _amounts_at(order.external_refunds, moment, Q(counts=True))
    return sum((amount for (amount,) in ours.union(elsewhere, all=True)), Decimal(0))


def _amounts_at(refunds: Any, moment: datetime, counting: Q) -> QuerySet:
    """Of those whose newest audit row by then says that they are ``counting``."""
    rows = refunds.model.history.model.objects.filter(id__in=refunds.values("pk"), history_date__lte=moment)
    later = rows.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    return rows.filter(counting, ~Exists(later)).order_by().values_list("amount")


def _with_values_of(row: Any, present: Audited) -> Any:
    """A copy of ``present`` with the tracked values of ``row``; by the dict, because a status is protected."""
    past = copy.copy(present)
    past.__dict__.update({field.attname: getattr(row, field.attname) for field in tracked_fields(type(present))})
    return past


def _shown(row: Any) -> Mapping[str, Any]:
    values = {name: getattr(row, name) for name in SHOWN}
    values["assigned_to"] = row.assigned_to.employee_id if row.assigned_to else None
    values["assigned_team"] = row.assigned_team.name if row.assigned_team else None
    return {name: None if value == "" else value for name, value in values.items()}
