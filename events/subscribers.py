"""Who wants to hear of an event. Apps above this one subscribe in ``AppConfig.ready``; none is imported here."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from events.models import Event

Subscriber = Callable[[Event], None]
Reader = Callable[[Sequence[Event]], None]

_subscribers: dict[str, list[Subscriber]] = {}
_readers: list[tuple[frozenset[str], Reader]] = []


def subscribe(name: str, subscriber: Subscriber) -> None:
    """Call ``subscriber`` for each event named ``name``, at least once, in a worker, inside a transaction."""
    _subscribers.setdefault(name, []).append(subscriber)


def subscribe_to_many(names: Iterable[str], reader: Reader) -> None:
    """Call ``reader`` in the same way, but with all events of these names that are delivered together."""
    _readers.append((frozenset(names), reader))


def subscribers_of(name: str) -> list[Subscriber]:
    return _subscribers.get(name, [])


def readings_of(events: Sequence[Event]) -> Iterator[tuple[Reader, list[Event]]]:
    """Who is to be called with which of ``events``."""
    for names, reader in _readers:
        if heard := [event for event in events if event.name in names]:
            yield reader, heard


def heard_names() -> set[str]:
    """The names that anybody subscribed to."""
    return set(_subscribers).union(*(names for names, _ in _readers))
