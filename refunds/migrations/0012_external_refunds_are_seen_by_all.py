"""Every role sees the refunds that were made elsewhere; managers and administrators the providers' events too."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from accounts import roles

SEEN_BY = {
    "view_externalrefund": tuple(roles.PERMISSIONS),
    "view_providerevent": (roles.MANAGER, roles.ADMINISTRATOR),
}


def grant(apps, schema_editor) -> None:
    create_permissions(installed_apps.get_app_config("refunds"), apps=installed_apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for codename, names in SEEN_BY.items():
        permission = Permission.objects.get(content_type__app_label="refunds", codename=codename)
        for group in Group.objects.filter(name__in=names):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("refunds", "0011_provider_events"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
