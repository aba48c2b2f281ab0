"""Who wants to hear of an event. Apps above this one subscribe in ``AppConfig.ready``; none is imported here."""

from collections.abc import Callable

from events.models import Event

Subscriber = Callable[[Event], None]

_subscribers: dict[str, list[Subscriber]] = {}


def subscribe(name: str, subscriber: Subscriber) -> None:
    """Call ``subscriber`` for each event named ``name``, at least once, in a worker, inside a transaction."""
    _subscribers.setdefault(name, []).append(subscriber)


def subscribers_of(name: str) -> list[Subscriber]:
    return _subscribers.get(name, [])


def heard_names() -> list[str]:
    """The names that anybody subscribed to."""
    return list(_subscribers)
