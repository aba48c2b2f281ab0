"""The log of the admin, where whoever looks after the desk reads who did what."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from accounts.actor import Actor


def note_in_log(row: Model, said: str, actor: Actor) -> None:
    """Of a deed that changes no form's field. The system has no log there."""
    if actor.employee is not None:
        LogEntry.objects.log_actions(actor.employee.pk, [row], CHANGE, said, single_object=True)
