from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("refunds", "0015_attempts_by_reference")]

    operations = [
        migrations.AddIndex(
            "refund",
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(next_attempt_at__isnull=False), name="refund_due_first"
            ),
        ),
        migrations.RemoveIndex("refund", "refund_due"),
    ]
