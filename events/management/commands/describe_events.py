"""Print the page that documents the feed and every kind of event: ``make openapi`` writes it to docs/events.md."""

import json
from collections.abc import Iterator

from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from events.api.schema import EXAMPLE
from events.vocabulary import TYPES, EventType


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        example = json.dumps(EXAMPLE, indent=2)
        types = [(each, list(fields_of(each))) for each in TYPES.values()]
        page = render_to_string("docs/events.md", {"example": example, "types": types})
        self.stdout.write(page, ending="")


def fields_of(each: EventType) -> Iterator[tuple[str, str]]:
    """Each field with its form, in words."""
    for name, schema in each.fields.items():
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        words = " or ".join(schema.get("format", "string") if kind == "string" else kind for kind in kinds)
        yield name, "list of strings" if words == "array" else words
