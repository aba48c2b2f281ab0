"""The four roles as groups, with their permissions and refund limits; administrators may change them later."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant


def create_roles(apps, schema_editor) -> None:
    Group, RefundLimit = apps.get_model("auth", "Group"), apps.get_model("accounts", "RefundLimit")
    for role, amount in roles.REFUND_LIMITS.items():
        group, _ = Group.objects.get_or_create(name=role)
        RefundLimit.objects.get_or_create(group=group, defaults={"amount": amount})


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0002_initial"),
        ("accounts", "0003_roles"),
        ("accounts", "0004_call_users_employees"),
    ]
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("events", "0001_initial"),
        ("issues", "0003_approvals_and_money"),
        ("orders", "0002_history_of_orders"),
        ("refunds", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        grant({role: roles.permissions_of(role) for role in roles.PERMISSIONS}),
    ]
