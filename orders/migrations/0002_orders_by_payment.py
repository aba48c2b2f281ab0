"""Orders by the payment that a provider's event names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["payment_reference"], name="order_payment"),
        ),
    ]
