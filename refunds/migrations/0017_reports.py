from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("refunds", "0016_due_in_the_order_of_taking")]

    operations = [
        migrations.AddIndex(
            "historicalrefund",
            models.Index(
                fields=["history_date"],
                condition=Q(history_type="+") | Q(status__in=["succeeded", "failed", "returned"]),
                name="refund_counted",
            ),
        ),
    ]
