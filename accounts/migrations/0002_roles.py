"""The four roles as groups, with their permissions and refund limits; administrators may change them later."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant


def set_limits(apps, schema_editor) -> None:
    RefundLimit = apps.get_model("accounts", "RefundLimit")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=roles.REFUND_LIMITS):
        RefundLimit.objects.get_or_create(group=group, defaults={"amount": roles.REFUND_LIMITS[group.name]})


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
        grant({role: roles.permissions_of(role) for role in roles.PERMISSIONS}),
        migrations.RunPython(set_limits, migrations.RunPython.noop),
    ]
