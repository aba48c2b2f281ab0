import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import common.clock
import common.money


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Store",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("language", models.CharField(blank=True, db_default="", default="", max_length=16)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                (
                    "id",
                    models.CharField(
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                        validators=[django.core.validators.RegexValidator("\\A[A-Za-z0-9._:-]{1,64}\\Z")],
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="orders.store"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="orders.customer",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("total_amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("refund_reserved", common.money.MoneyField(decimal_places=3, default=0, max_digits=14)),
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
                ("created_at", models.DateTimeField(default=common.clock.now)),
                ("updated_at", models.DateTimeField(default=common.clock.now)),
            ],
            options={
                "permissions": [
                    ("put_order", "Can create and replace orders"),
                    ("erase_customer", "Can erase a customer"),
                ],
                "indexes": [models.Index(fields=["payment_reference"], name="order_payment")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("total_amount__gte", 0)), name="order_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refund_reserved__gte", 0), ("refund_reserved__lte", models.F("total_amount"))
                        ),
                        name="order_refunds_within_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payment_method__in", ["card", "online", "cash", "corporate_account"])),
                        name="order_payment_method_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="orders.order"
                    ),
                ),
                ("item_id", models.CharField(max_length=64)),
                ("sku", models.CharField(blank=True, max_length=64)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("unit_price", common.money.MoneyField(decimal_places=3, default=0, max_digits=14)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("sku", ""), _negated=True), fields=["sku"], name="item_sku")
                ],
                "constraints": [models.UniqueConstraint(fields=("order", "item_id"), name="one_item_per_id_in_order")],
            },
        ),
    ]
