"""Keep a view of the queue, change one, or give it up. Only its owner does; a shared one is seen by all."""

from urllib.parse import parse_qs
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import roles
from accounts.actor import Actor, use_case
from common.errors import NotFound, ValidationFailed
from issues.listing import listed
from issues.models import SavedView
from issues.queue import COLUMNS_PARAMETER, normal

MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 2000
NAMES_A_CUSTOMER = "Search words may name a customer: a view with them can't be shared."


@use_case
def save_view(name: str, query: str, *, is_shared: bool = False, actor: Actor) -> SavedView:
    """``query`` is that of the queue's address. Raises ``PermissionDenied`` and ``ValidationFailed``."""
    actor.ensure_may(roles.VIEW_ISSUE)
    if SavedView.objects.filter(owner=actor.person).count() >= MOST:
        raise ValidationFailed({"name": [f"You have {MOST} views: delete one that you no longer need."]})
    view = SavedView(owner=actor.person, query=fit_query(query, actor))
    return put(view, name, is_shared=is_shared)


@use_case
def change_view(view_id: UUID, name: str, *, is_shared: bool, actor: Actor) -> SavedView:
    """Raises ``NotFound`` and ``ValidationFailed``."""
    return put(find_own(view_id, actor), name, is_shared=is_shared)


@use_case
def delete_view(view_id: UUID, *, actor: Actor) -> None:
    """Raises ``NotFound``."""
    find_own(view_id, actor).delete()


def find_own(view_id: UUID, actor: Actor) -> SavedView:
    view = SavedView.objects.filter(owner=actor.person, pk=view_id).first()
    if view is None:
        raise NotFound("You have no such view.")
    return view


def fit_query(query: str, actor: Actor) -> str:
    parameters = parse_qs(query)
    listed({name: values for name, values in parameters.items() if name != COLUMNS_PARAMETER}, actor)
    fit = normal(parameters)
    if len(fit) > LONGEST_QUERY:
        raise ValidationFailed({"query": ["That is more than a view can hold: take some filters out."]})
    return fit


def put(view: SavedView, name: str, *, is_shared: bool) -> SavedView:
    view.name, view.is_shared = name.strip(), is_shared
    if not 1 <= len(view.name) <= LONGEST_NAME:
        raise ValidationFailed({"name": [f"Give it a name of 1 to {LONGEST_NAME} characters."]})
    if is_shared and "q" in parse_qs(view.query):
        raise ValidationFailed({"is_shared": [NAMES_A_CUSTOMER]})
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ValidationFailed({"name": ["You have a view of this name already."]}) from error
    return view
