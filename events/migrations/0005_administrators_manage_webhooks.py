"""Give Administrators the permission; where the roles are only being made, they have it already."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations


def grant(apps, schema_editor) -> None:
    create_permissions(installed_apps.get_app_config("events"), apps=installed_apps, verbosity=0)
    Permission = apps.get_model("auth", "Permission")
    permission = Permission.objects.get(content_type__app_label="events", codename="manage_webhooks")
    for group in apps.get_model("auth", "Group").objects.filter(name="Administrator"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("events", "0004_webhooks"), ("accounts", "0003_roles")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
