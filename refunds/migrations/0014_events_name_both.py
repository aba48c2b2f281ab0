"""A payment may have two names, and an order may know either."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0013_payouts_to_make"),
    ]

    operations = [
        migrations.AddField(
            model_name="providerevent",
            name="payment_alias",
            field=models.CharField(blank=True, default="", max_length=255),
        ),
    ]
