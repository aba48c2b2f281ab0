"""Every role reads claims and credit accounts in the admin, as it reads refunds."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from accounts import roles

SEEN = ("view_claim", "view_ledgeraccount")


def grant(apps, schema_editor) -> None:
    create_permissions(installed_apps.get_app_config("refunds"), apps=installed_apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    seen = list(Permission.objects.filter(content_type__app_label="refunds", codename__in=SEEN))
    for group in Group.objects.filter(name__in=roles.PERMISSIONS):
        group.permissions.add(*seen)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("refunds", "0007_credit_in_place_of_money"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
