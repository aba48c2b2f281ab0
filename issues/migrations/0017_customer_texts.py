"""What customers are told in a store's own words."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0016_requests_of_customers"), ("orders", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CustomerText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("customer_resolved", "The issue is resolved"),
                            ("customer_closed", "The issue is closed"),
                            ("customer_refund_started", "A refund is started"),
                            ("customer_refund_done", "A refund is paid"),
                            ("customer_refund_failed", "A refund failed"),
                            ("customer_refund_returned", "A refund came back"),
                            ("customer_refund_cancelled", "A refund is called off"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, help_text="Like de or pt-br; empty: for every language.", max_length=16
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField(max_length=5000)),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orders.store",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "store", "language"), name="one_customer_text_of_a_store"),
                    models.UniqueConstraint(
                        condition=models.Q(("store", None)),
                        fields=("kind", "language"),
                        name="one_customer_text_for_all_stores",
                    ),
                ],
            },
        ),
    ]
