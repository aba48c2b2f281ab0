"""Read what the providers have on record, before anything is compared: nobody's rows are held while they answer."""

import structlog

from refunds.actions.reconcile_run import Run
from refunds.books import Books
from refunds.providers import book_keepers
from refunds.providers.base import Provider, ProviderUnavailable

log = structlog.get_logger(__name__)


def copy_books(books: Books, run: Run) -> None:
    """Ask every provider that keeps books; one that does not answer spoils nothing but what it was asked for."""
    for name, provider in book_keepers().items():
        copied = [copy_account(books, run, name, provider, account=account) for account in provider.accounts]
        if all(copied):
            run.read.add(name)


def copy_account(books: Books, run: Run, name: str, provider: Provider, *, account: str) -> bool:
    try:
        count = books.copy(name, account, provider.refunds_since(account, run.row.since))
    except Exception as error:
        if not isinstance(error, ProviderUnavailable):
            log.exception("reconcile.copy_failed", provider=name, account=account)
        reason = str(error) if isinstance(error, ProviderUnavailable) else type(error).__name__
        run.unread.append({"provider": name, "account": account, "reason": reason})
        return False
    run.row.records_checked += count
    run.watch(count)
    return True
