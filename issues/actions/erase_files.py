"""After a customer's erasure nothing of theirs is left in files: neither the bytes nor what the files were called."""

from accounts.actor import Actor, use_case
from common import clock
from events.models import Event
from issues.models import StoredFile
from orders.erasing import said_while_theirs


def when_customer_is_erased(event: Event) -> None:
    erase_files_of(event.data["customer_id"], actor=Actor.system("erase-files"))


@use_case
def erase_files_of(customer_id: str, *, actor: Actor) -> None:
    """May run twice: bytes that are gone already are no error. They go first, so that no row forgets them before."""
    theirs = said_while_theirs(customer_id, order="issue__order_id")
    files = StoredFile.objects.present().filter(theirs).order_by("pk")
    for file in files.select_for_update(of=("self",)):
        for name in filter(None, (file.stored_as, file.thumbnail_as)):
            file.storage().delete(name)
        file.name = file.stored_as = file.thumbnail_as = ""
        file.next_attempt_at = file.leased_until = None
        file.erased_at = clock.now()
        file.version += 1
        file.save()
