"""Tags, links, merges and files in words."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

# By the field of the timeline: when it is there, and when it is gone.
DEEDS = {
    "tag": ("tagged it “{}”", "took the tag “{}” off"),
    "duplicate_of": ("marked it as a duplicate of {}", "no longer takes it for a duplicate of {}"),
    "has_duplicate": ("marked {} as a duplicate of this", "no longer takes {} for a duplicate of this"),
    "related": ("linked it to {}", "removed the link to {}"),
    "caused_by": ("noted that {} caused this", "no longer says that {} caused this"),
    "caused": ("noted that this caused {}", "no longer says that this caused {}"),
    "merged_into": ("merged it into {}", "undid the merge into {}"),
    "merged": ("merged {} into this", "undid the merge of {} into this"),
}


def deed_beside(field: str, before: str | None, after: str | None) -> str:
    there, gone = DEEDS[field]
    return there.format(after) if after else gone.format(before)


def place_of(attachment: Mapping[str, Any]) -> dict[str, str]:
    """Where a file is, and how it is called; one that was uploaded stands on the same desk as the page."""
    return {"url": attachment["url"].removeprefix(settings.PUBLIC_URL), "label": attachment.get("name", "")}
