import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.money


class Migration(migrations.Migration):
    replaces = [
        ("orders", "0002_orders_by_payment"),
        ("orders", "0003_item_sku"),
        ("orders", "0004_language_of_customers"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalOrder",
            fields=[
                ("key_id", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=8)),
                ("request_id", models.CharField(max_length=128)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "id",
                    models.CharField(
                        max_length=64, validators=[django.core.validators.RegexValidator("\\A[A-Za-z0-9._:-]{1,64}\\Z")]
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("total_amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                (
                    "payment_method",
                    models.CharField(
                        choices=[
                            ("card", "Card"),
                            ("online", "Online"),
                            ("cash", "Cash"),
                            ("corporate_account", "Corporate Account"),
                        ],
                        max_length=20,
                    ),
                ),
                ("payment_provider", models.CharField(blank=True, max_length=32)),
                ("payment_reference", models.CharField(blank=True, max_length=255)),
                ("payment_disputed", models.BooleanField(default=False)),
                ("partner", models.CharField(blank=True, max_length=64)),
                ("placed_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(default=common.clock.now)),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.store",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.customer",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical order",
                "verbose_name_plural": "historical orders",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [models.Index(fields=["id", "-history_id"], name="order_history")],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
