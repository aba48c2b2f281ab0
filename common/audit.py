"""What changed, by whom, in an unbroken chain: the columns that every history row carries.

Each audited row keeps the hash of its newest history row, and each history row the hash of the one
before it, so that a row that was altered, inserted or removed, the last one too, is found by
``broken_links``.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.dispatch import receiver
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from common import clock
from common.context import Origin, current_origin
from common.prepared import PreparedWrites


class AuditRow(PreparedWrites):
    """Columns of every history table beside simple-history's own and the audited row's."""

    key_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=8)
    request_id = models.CharField(max_length=128)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        abstract = True


class LastingManager(HistoryManager):
    """Its class is made once; simple-history makes it anew at each ``row.history``, three times in a save."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class, class_name=None):
        return super().from_queryset(queryset_class, class_name)


class AuditTrail(HistoricalRecords):
    """The history table of an audited model: narrow, with the index that all readers use, and ``indexes`` of others."""

    def __init__(self, *, excluded_fields: Iterable[str] = (), indexes: Iterable[models.Index] = (), **kwargs) -> None:
        self.more_indexes = list(indexes)
        super().__init__(
            bases=[AuditRow],
            history_manager=LastingManager,
            excluded_fields=["audit_hash", *excluded_fields],
            user_db_constraint=False,  # a constraint would share-lock the one agent's row in every update
            **kwargs,
        )

    def copy_fields(self, model):
        self.no_db_index = [field.name for field in model._meta.fields]
        return super().copy_fields(model)

    def get_meta_options(self, model):
        newest_first = models.Index(
            fields=[model._meta.pk.name, "-history_id"], name=f"{model._meta.model_name}_history"
        )
        return super().get_meta_options(model) | {"indexes": [newest_first, *self.more_indexes]}


class Audited(PreparedWrites):
    """A model whose every ``save`` leaves a history row; it declares ``history = AuditTrail()``."""

    version = models.PositiveIntegerField(default=1, editable=False)
    audit_hash = models.CharField(max_length=64, default="", editable=False)

    history: Any

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Raises ``NoActor`` outside a use-case."""
        self.audited_at = clock.now()
        self.previous_audit_hash = self.audit_hash
        self.audit_hash = link(self, current_origin(), self.audited_at, self.previous_audit_hash)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "audit_hash"}
        super().save(*args, **kwargs)


@receiver(pre_create_historical_record)
def stamp_history_row(sender, instance, history_instance, **kwargs) -> None:
    origin = current_origin()
    history_instance.history_date = instance.audited_at
    history_instance.history_user_id = origin.employee
    history_instance.key_id = origin.key
    history_instance.via = origin.via
    history_instance.request_id = origin.request_id
    history_instance.previous_hash = instance.previous_audit_hash
    history_instance.hash = instance.audit_hash


def link(row: models.Model, origin: Origin, at: datetime, previous: str) -> str:
    """SHA-256 over the previous hash, who, when, and every tracked value of ``row``.

    What is empty is left out, so that a column that comes later, and is empty in all rows before it, breaks no link.
    """
    who = [origin.employee, origin.key, origin.via, origin.request_id]
    found = {field: getattr(row, field.attname) for field in tracked_fields(type(row))}
    values = {field.attname: _canonical(field, value) for field, value in found.items() if not _is_empty(field, value)}
    text = json.dumps([previous, who, at.astimezone(UTC).isoformat(), values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links(row: Audited) -> Iterable[str]:
    """Says, in words for an auditor, each place where the history of ``row`` does not fit together."""
    previous, newest = "", None
    for newest in row.history.order_by("history_id"):
        if newest.previous_hash != previous:
            yield f"version {newest.version}: a row before it is missing or was added"
        if newest.hash != _link_as_written(newest, values_of=newest):
            yield f"version {newest.version}: its values were altered"
        previous = newest.hash
    if previous != row.audit_hash:
        yield "the newest history row is missing or was added"
    elif newest is None or newest.hash != _link_as_written(newest, values_of=row):
        yield "the row was changed without a history row"


def _link_as_written(history_row: Any, *, values_of: models.Model) -> str:
    origin = Origin(history_row.history_user_id, history_row.key_id, history_row.via, history_row.request_id)
    return link(values_of, origin, history_row.history_date, history_row.previous_hash)


def tracked_fields(model: Any) -> list[models.Field]:
    """The audited columns of a model, or of its history model."""
    history_model = model if issubclass(model, AuditRow) else model.history.model
    return history_model.tracked_fields


def _is_empty(field: models.Field, value: Any) -> bool:
    """One value of a column at most, so that no change between two of them goes unseen."""
    return value is None if field.null else value == "" or value is False


def _canonical(field: models.Field, value: Any) -> str | None:
    """One spelling for a value, the same before it is written and after it is read back."""
    if value is None:
        return None
    if isinstance(value, Decimal) and isinstance(field, models.DecimalField):
        return f"{value:.{field.decimal_places}f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
