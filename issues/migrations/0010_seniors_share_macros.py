"""Shared macros are written by senior agents and above; everybody reads them."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles"), ("issues", "0009_macros")]
    operations = [
        grant("issues", ["share_macro"], to=[roles.SENIOR_AGENT, roles.MANAGER, roles.ADMINISTRATOR]),
        grant("issues", ["view_macro"], to=roles.PERMISSIONS),
    ]
