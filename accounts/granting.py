"""For migrations: the permissions that roles have from the start."""

from collections.abc import Iterable, Mapping

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db.migrations import RunPython


def grant(names_by_role: Mapping[str, Iterable[str]]) -> RunPython:
    """The operation that gives each role its permissions, named like ``issues.view_issue``.

    The models of a new permission come in a migration before, on which the one with this depends.
    """

    def give(apps, schema_editor) -> None:
        for label in sorted({name.partition(".")[0] for names in names_by_role.values() for name in names}):
            # Permissions are otherwise made after the last migration.
            create_permissions(installed_apps.get_app_config(label), apps=installed_apps, verbosity=0)
        ids = {
            f"{app}.{codename}": pk
            for app, codename, pk in apps.get_model("auth", "Permission").objects.values_list(
                "content_type__app_label", "codename", "pk"
            )
        }
        # A role that administrators have renamed or removed is theirs, and is not brought back.
        for group in apps.get_model("auth", "Group").objects.filter(name__in=names_by_role):
            group.permissions.add(*(ids[name] for name in names_by_role[group.name]))

    return RunPython(give, RunPython.noop)
