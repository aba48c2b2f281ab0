"""Attempts by the provider's reference, which is what its events name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0014_events_name_both"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="refundattempt",
            index=models.Index(fields=["provider_reference"], name="attempt_provider_reference"),
        ),
    ]
