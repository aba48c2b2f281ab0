"""Hold recorded events against the public vocabulary; ``test.…`` are names that tests make up."""

import json
from collections.abc import Iterator
from functools import cache

from jsonschema import Draft202012Validator

from common.api.renderers import to_json
from events.models import Event
from events.vocabulary import TYPES, data_of


def faults_of(event: Event) -> Iterator[str]:
    if event.name not in TYPES:
        yield f"{event.name} is not in events/vocabulary.py"
        return
    shown = json.loads(to_json(data_of(event.name, event.data)))
    for error in _validator(event.name).iter_errors(shown):
        yield f"{event.name}: {error.json_path} {error.message}"


def ensure_events_are_described() -> None:
    faults = {fault for event in Event.objects.exclude(name__startswith="test.") for fault in faults_of(event)}
    assert not faults, "\n".join(sorted(faults))


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({**TYPES[name].schema, "additionalProperties": False})
