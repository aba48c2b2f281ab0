"""The query of a read: what it does not know is refused by name, as unknown body fields are."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.http import HttpRequest

from common.api import cursor
from common.errors import ValidationFailed


def parameter_errors(request: HttpRequest, known: Iterable[str]) -> dict[str, list[str]]:
    """What is wrong with the parameters of every list, and an error for each other one that is not in ``known``."""
    unknown = [name for name in request.GET if name not in {*known, *cursor.PARAMETERS}]
    return cursor.page_errors(request) | {name: ["There is no such parameter."] for name in unknown}


def ensure_known_parameters(request: HttpRequest, known: Iterable[str] = ()) -> None:
    """Raises ``ValidationFailed`` that names what is unknown or unfit."""
    if errors := parameter_errors(request, known):
        raise ValidationFailed(errors)


def narrowed(queryset: QuerySet, request: HttpRequest, choices: Mapping[str, Iterable[str] | None]) -> QuerySet:
    """``queryset`` by the parameters in ``choices``: each a field and its known values (None: any).

    Several stand by comma, or the parameter several times. Raises ``ValidationFailed`` with all that is wrong.
    """
    errors = parameter_errors(request, choices)
    for name, known in choices.items():
        if name not in request.GET:
            continue
        wanted = ",".join(request.GET.getlist(name)).split(",")
        if known is not None and set(wanted) - set(known):
            errors[name] = [f"Must be of: {', '.join(known)}."]
        queryset = queryset.filter(**{f"{name}__in": wanted})
    if errors:
        raise ValidationFailed(errors)
    return queryset
