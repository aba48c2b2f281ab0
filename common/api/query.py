"""The query of a read: what it does not know is refused by name, as unknown body fields are."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.http import HttpRequest

from common.api import cursor
from common.errors import ValidationFailed


def unknown_parameters(request: HttpRequest, known: Iterable[str]) -> dict[str, list[str]]:
    """An error for each parameter that is neither in ``known`` nor one of every list's."""
    return {name: ["There is no such parameter."] for name in request.GET if name not in {*known, *cursor.PARAMETERS}}


def ensure_known_parameters(request: HttpRequest, known: Iterable[str] = ()) -> None:
    """Raises ``ValidationFailed`` that names what is unknown."""
    if errors := unknown_parameters(request, known):
        raise ValidationFailed(errors)


def narrowed(queryset: QuerySet, request: HttpRequest, choices: Mapping[str, Iterable[str] | None]) -> QuerySet:
    """``queryset`` by the parameters in ``choices``: each a field and its known values (None: any), several by comma.

    Raises ``ValidationFailed`` with every unknown parameter and value.
    """
    errors = unknown_parameters(request, choices)
    for name, known in choices.items():
        if name not in request.GET:
            continue
        wanted = request.GET[name].split(",")
        if known is not None and set(wanted) - set(known):
            errors[name] = [f"Must be of: {', '.join(known)}."]
        queryset = queryset.filter(**{f"{name}__in": wanted})
    if errors:
        raise ValidationFailed(errors)
    return queryset
