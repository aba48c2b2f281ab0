"""The one head of the feed."""

from django.db import migrations


def make(apps, schema_editor) -> None:
    apps.get_model("events", "FeedHead").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    replaces = [
        ("events", "0002_feed"),
        ("events", "0003_fill_feed"),
        ("events", "0004_webhooks"),
        ("events", "0005_administrators_manage_webhooks"),
        ("events", "0006_messages_told_once"),
        ("events", "0007_notification_choices"),
        ("events", "0008_deliveries_to_chats_and_in_digests"),
        ("events", "0009_mails_to_outsiders"),
        ("events", "0010_administrators_keep_chat_rooms"),
    ]
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
