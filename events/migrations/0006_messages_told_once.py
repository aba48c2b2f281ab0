from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("events", "0005_administrators_manage_webhooks")]

    operations = [
        migrations.AddField("delivery", "once_for", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "delivery",
            models.UniqueConstraint(
                fields=["once_for", "kind", "channel"],
                condition=Q(once_for__isnull=False),
                name="one_delivery_per_subject_and_kind",
            ),
        ),
    ]
