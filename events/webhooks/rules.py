"""What is wrong with a webhook that somebody wants to have."""

from collections.abc import Mapping
from typing import Any

from accounts.actor import Actor, Grants
from accounts.roles import MANAGE_WEBHOOKS
from common.errors import FieldErrors
from events.models import EVERY, WebhookEndpoint
from events.vocabulary import TEST, TYPES
from events.webhooks.addresses import Forbidden, read_url

CHOOSABLE = [EVERY, *(name for name in TYPES if name != TEST)]


def ensure_may_manage(actor: Actor) -> None:
    """An integration's key has its scope; a person needs the permission too. Raises ``PermissionDenied``."""
    if actor.employee is not None:
        actor.ensure_may(MANAGE_WEBHOOKS)


def broken_rules(given: Mapping[str, Any], grants: Grants) -> FieldErrors:
    """Of those fields that are given: ``url``, ``events``, ``store_id``."""
    errors: dict[str, list[str]] = {}
    if "url" in given:
        try:
            read_url(given["url"])
        except Forbidden as refusal:
            errors["url"] = [str(refusal)]
    if "events" in given and (wrong := _wrong_events(given["events"])):
        errors["events"] = [wrong]
    if "store_id" in given and (wrong := _wrong_store(given["store_id"], grants)):
        errors["store_id"] = [wrong]
    return errors


def _wrong_events(names: list[str]) -> str:
    if not names:
        return "Choose at least one event."
    unknown = sorted(set(names) - set(CHOOSABLE))
    return f"There is no event {', '.join(unknown)} to choose; see /api/v1/events/types." if unknown else ""


def _wrong_store(store_id: str | None, grants: Grants) -> str:
    if store_id is None:
        return "" if grants.cover(None) else "Name one of your stores."
    stores: Any = WebhookEndpoint._meta.get_field("store").related_model
    return "" if grants.cover(store_id) and stores.objects.filter(pk=store_id).exists() else "There is no such store."
