"""Hold our books against their own sums and against the providers', both ways. What differs is told, never repaired."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.actor import Actor
from common import clock
from refunds.actions.reconcile_books import compare_books
from refunds.actions.reconcile_copy import copy_books
from refunds.actions.reconcile_counters import compare_counters
from refunds.actions.reconcile_findings import finish
from refunds.actions.reconcile_run import Run, broke_off, start, start_of_day
from refunds.books import open_books
from refunds.models import Reconciliation

# A provider may send money back for 30 days; a refund that is older is done.
WINDOW = timedelta(days=35)


def reconcile(
    *, actor: Actor, since: datetime | None = None, watch: Callable[[int], None] = lambda rows: None
) -> Reconciliation:
    """One run over every order, and over what was paid ``since`` then; ``watch`` hears of the rows as they are read.

    It is no transaction: what it finds is written down as it goes, and a run that breaks off says so.
    """
    return make(Run(start(since or clock.now() - WINDOW, actor=actor), actor, watch))


def reconcile_today(*, actor: Actor) -> Reconciliation | None:
    """The day's run, once, however many schedulers ask for it: None where it was made, or somebody is at it."""
    row = start_of_day(clock.now() - WINDOW, actor=actor)
    return make(Run(row, actor)) if row else None


def make(run: Run) -> Reconciliation:
    try:
        with open_books() as books:
            copy_books(books, run)
            compare_counters(run)
            compare_books(books, run)
    except Exception as error:
        run.unread.append(broke_off(type(error).__name__))
        finish(run, is_whole=False, actor=run.actor)
        raise
    return finish(run, is_whole=True, actor=run.actor)
