"""Managers and administrators read what the reconciliation found; an administrator may change who else does."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from accounts import roles

SEEN = ("view_reconciliation", "view_finding")


def grant(apps, schema_editor) -> None:
    create_permissions(installed_apps.get_app_config("refunds"), apps=installed_apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    seen = list(Permission.objects.filter(content_type__app_label="refunds", codename__in=SEEN))
    for group in Group.objects.filter(name__in=(roles.MANAGER, roles.ADMINISTRATOR)):
        group.permissions.add(*seen)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("refunds", "0009_reconciliation"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
