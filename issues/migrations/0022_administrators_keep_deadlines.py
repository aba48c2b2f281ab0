"""Deadline policies and business hours are an administrator's."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant

MODELS = ("slapolicy", "businesshours")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles"), ("issues", "0021_deadlines")]
    operations = [
        grant(
            "issues",
            [f"{verb}_{model}" for model in MODELS for verb in ("view", "add", "change")],
            to=[roles.ADMINISTRATOR],
        ),
    ]
