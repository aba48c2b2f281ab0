"""Everybody sees the mail that came in; administrators write what customers are told."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles"), ("issues", "0018_inbound_mail")]
    operations = [
        grant("issues", ["view_inboundmail"], to=roles.PERMISSIONS),
        grant(
            "issues",
            ["view_customertext", "add_customertext", "change_customertext"],
            to=[roles.ADMINISTRATOR],
        ),
    ]
