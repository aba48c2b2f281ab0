"""Whoever holds the books against each other, for tests; and what the world does to the sandbox's own record."""

import sqlite3
from contextlib import closing
from io import StringIO

from django.conf import settings
from django.core.management import call_command

from accounts.actor import Actor
from common import clock
from refunds.actions.reconcile import reconcile
from refunds.models import Reconciliation
from refunds.providers import sandbox

ACTOR = Actor.system("reconcile-refunds")


def run(**options) -> Reconciliation:
    return reconcile(actor=ACTOR, **options)


def kinds(row: Reconciliation) -> list[str]:
    return sorted(row.findings.values_list("kind", flat=True))


def command(*arguments) -> tuple[int, str]:
    """The exit code, and what was printed."""
    out = StringIO()
    try:
        call_command("reconcile_refunds", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def books(statement: str, *values) -> None:
    """Change the sandbox's own record, as only the world can."""
    with closing(sqlite3.connect(settings.SANDBOX_STORE, isolation_level=None)) as store:
        store.execute(statement, values)


def paid_elsewhere(reference: str, *, refund_id: str = "", key: str = "dashboard", amount="7.00") -> None:
    sandbox.payments()  # makes the store
    at = clock.now().isoformat().replace("+00:00", "Z")
    books(
        "INSERT INTO payments VALUES (?, ?, ?, 'merchant', ?, 'USD', 'succeeded', ?)",
        key, refund_id, reference, amount, at,
    )  # fmt: skip


def pay_once_more() -> None:
    books(
        "INSERT INTO payments SELECT 'other-2', refund_id, payment_reference, account, amount, currency, outcome, at"
        " FROM payments"
    )
