"""How many mails somebody outside was sent within the hour."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0008_deliveries_to_chats_and_in_digests")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("channel", "email"), ("employee", None)),
                fields=["address", "-created_at"],
                name="delivery_outside",
            ),
        ),
    ]
