"""Chat rooms are kept by administrators."""

from django.db import migrations

from accounts import roles
from accounts.granting import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles"), ("events", "0009_mails_to_outsiders")]
    operations = [grant("events", ["view_chatroom", "add_chatroom", "change_chatroom"], to=[roles.ADMINISTRATOR])]
