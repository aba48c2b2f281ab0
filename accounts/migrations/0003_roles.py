"""The four roles as groups, with their permissions and refund limits; administrators may change them later."""

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

from accounts import roles


def create_roles(apps, schema_editor) -> None:
    for label in ("auth", "accounts", "orders", "events", "refunds", "issues"):
        # Permissions are otherwise made after the last migration.
        create_permissions(installed_apps.get_app_config(label), apps=installed_apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    RefundLimit = apps.get_model("accounts", "RefundLimit")
    for name, permissions in roles.PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(apps, permissions | _model_permissions(name)))
        RefundLimit.objects.get_or_create(group=group, defaults={"amount": roles.REFUND_LIMITS[name]})


def _model_permissions(role: str) -> set[str]:
    readable = {_named(model, "view") for model in roles.READ_BY_ALL}
    if role != roles.ADMINISTRATOR:
        return readable
    verbs = ("view", "add", "change")
    return readable | {_named(model, verb) for model in roles.CHANGED_BY_ADMINISTRATOR for verb in verbs}


def _named(model: str, verb: str) -> str:
    app, _, name = model.partition(".")
    return f"{app}.{verb}_{name}"


def _permissions(apps, names: set[str]):
    """Those of today's models; what a later model brings is granted by its own migration (accounts.granting)."""
    Permission = apps.get_model("auth", "Permission")
    for name in sorted(names):
        app, _, codename = name.partition(".")
        yield from Permission.objects.filter(content_type__app_label=app, codename=codename)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("events", "0001_initial"),
        ("issues", "0002_initial"),
        ("orders", "0001_initial"),
        ("refunds", "0001_initial"),
    ]
    operations = [migrations.RunPython(create_roles, migrations.RunPython.noop)]
