"""Problems are recorded by senior agents and above."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles"), ("issues", "0005_problems")]
    operations = [
        grant("issues", ["record_problem"], to=[roles.SENIOR_AGENT, roles.MANAGER, roles.ADMINISTRATOR]),
    ]
