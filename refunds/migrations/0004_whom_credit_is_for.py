import django.db.models.deletion
from django.db import migrations, models


def to_customer(on_delete) -> models.ForeignKey:
    """Nobody looks refunds up by it, and a constraint would lock the customer's row in every refund."""
    return models.ForeignKey(
        blank=True,
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=on_delete,
        related_name="+",
        to="orders.customer",
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_history_of_orders"), ("refunds", "0003_day_of_a_reconciliation")]

    operations = [
        migrations.AddField("historicalrefund", "credit_for", to_customer(django.db.models.deletion.DO_NOTHING)),
        migrations.AddField("refund", "credit_for", to_customer(django.db.models.deletion.PROTECT)),
    ]
