import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("refunds", "0008_claims_and_credit_are_seen_by_all"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("started_at", models.DateTimeField(default=common.clock.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("agrees", "Agrees"),
                            ("differs", "Differs"),
                            ("incomplete", "Incomplete"),
                        ],
                        default="running",
                        max_length=12,
                    ),
                ),
                ("orders_checked", models.PositiveIntegerField(default=0)),
                ("refunds_checked", models.PositiveIntegerField(default=0)),
                ("records_checked", models.PositiveIntegerField(default=0)),
                ("in_flight", models.PositiveIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0)),
                (
                    "unread",
                    models.JSONField(blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-started_at", "-id"], name="reconciliation_newest")],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("counter_differs", "Counter Differs"),
                            ("missing_at_provider", "Missing At Provider"),
                            ("amount_differs", "Amount Differs"),
                            ("status_differs", "Status Differs"),
                            ("unknown_here", "Unknown Here"),
                            ("paid_twice", "Paid Twice"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=400)),
                ("provider", models.CharField(blank=True, max_length=32)),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="provider's reference")),
                ("ours", models.CharField(max_length=300)),
                ("theirs", models.CharField(max_length=300)),
                ("happened_at", models.DateTimeField(null=True)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                ("looked_into_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=2000)),
                (
                    "looked_into_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="orders.order",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="refunds.refund",
                    ),
                ),
                (
                    "seen_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="refunds.reconciliation",
                    ),
                ),
                (
                    "told_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told",
                        to="refunds.reconciliation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-first_seen", "-id"], name="finding_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gone_at", None)), fields=("key",), name="one_open_finding_per_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("looked_into_at", None), models.Q(("note", ""), _negated=True), _connector="OR"
                        ),
                        name="finding_looked_into_with_a_note",
                    ),
                ],
            },
        ),
    ]
