from django.db import migrations, models

from common.migrating import AddIndexMeanwhile


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0002_history_of_orders")]

    operations = [
        AddIndexMeanwhile(
            model_name="historicalorder",
            index=models.Index(fields=["customer"], name="order_history_customer"),
        ),
    ]
