"""A delivery may go to a chat, or with others in one mail."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0007_notification_choices")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[("email", "Email"), ("in_product", "In Product"), ("chat", "Chat")], max_length=16
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="in_digest",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="room",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="events.chatroom",
            ),
        ),
    ]
