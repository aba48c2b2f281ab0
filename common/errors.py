"""What can go wrong, as types with a code and facts. The HTTP status is looked up once, in ``common.api``."""

from collections.abc import Mapping
from typing import Any

FieldErrors = Mapping[str, list[str]]


class DeskError(Exception):
    """A refusal. ``message`` is for a person; ``facts`` are the error's context in an API answer.

    ``leaves_traces``: what was written before it was raised is to be kept, as that a request has expired.
    """

    code = "INTERNAL_ERROR"
    message = "Something went wrong on our side."
    leaves_traces = False

    def __init__(self, message: str = "", **facts: Any) -> None:
        self.message = message or self.message
        self.facts = facts
        super().__init__(self.message)

    @property
    def by_field(self) -> FieldErrors:
        """What is wrong with each field, where that is the refusal; else the message, by no name."""
        return self.facts.get("errors") or {"": [self.message]}

    @property
    def in_words(self) -> str:
        return " ".join(message for messages in self.by_field.values() for message in messages)


class ValidationFailed(DeskError):
    """``errors`` names every field that breaks a rule, each with its messages."""

    code = "VALIDATION_ERROR"
    message = "The request has invalid fields; see errors."

    def __init__(self, errors: FieldErrors, message: str = "", **facts: Any) -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        super().__init__(message, errors=self.errors, **facts)


class PermissionDenied(DeskError):
    """Names either ``required_permission`` or ``required_scope``."""

    code = "PERMISSION_DENIED"
    message = "You may not do this."


class NotFound(DeskError):
    code = "NOT_FOUND"
    message = "There is nothing here."


class NoActor(RuntimeError):
    """An audited row was about to be written and nobody was named as its author: a fault of ours."""
