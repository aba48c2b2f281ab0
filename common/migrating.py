"""What the migrations of all apps need beside Django's own operations."""

from collections.abc import Sequence

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations import AddIndex, CreateModel
from django.db.migrations.operations.base import Operation


class CreateModels(Operation):
    """Several models at once, each allowed to refer to those before it.

    After each ``CreateModel`` of its own Django renders every model anew that the new one is related to, which among
    ninety that know each other took most of the time of a first start; after these it renders once.
    """

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label, state) -> None:
        vars(state).pop("apps", None)  # rendered when next asked for, and not meanwhile
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create models " + ", ".join(model.name for model in self.models)


class AddIndexMeanwhile(AddIndexConcurrently):
    """On PostgreSQL while others write. In a migration of its own, that is not ``atomic``."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        where = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        where.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        where = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        where.database_backwards(self, app_label, schema_editor, from_state, to_state)
