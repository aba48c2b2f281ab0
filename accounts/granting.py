"""For migrations: the permissions of a new model for the roles that have them from the start."""

from collections.abc import Iterable

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db.migrations import RunPython


def grant(app_label: str, codenames: Iterable[str], *, to: Iterable[str]) -> RunPython:
    """The operation that gives ``codenames`` of ``app_label`` to the groups named in ``to``.

    It stands in a migration of its own after the model's, and depends on ``accounts.0003_roles``.
    """

    def give(apps, schema_editor) -> None:
        # Permissions are otherwise made after the last migration.
        create_permissions(installed_apps.get_app_config(app_label), apps=apps, verbosity=0)
        permissions = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label=app_label, codename__in=codenames
        )
        for group in apps.get_model("auth", "Group").objects.filter(name__in=to):
            group.permissions.add(*permissions)

    return RunPython(give, RunPython.noop)
