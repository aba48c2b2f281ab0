import django.core.serializers.json
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids
import common.money


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0002_ledger_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("in_review", "In Review"),
                            ("accepted", "Accepted"),
                            ("accepted_in_part", "Accepted In Part"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=20,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="insurer's reference")),
                ("asked_amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("accepted_amount", common.money.MoneyField(blank=True, decimal_places=3, max_digits=14, null=True)),
                ("reason_code", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("description", models.TextField(max_length=5000)),
                ("attachments", models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("created_at", models.DateTimeField(default=common.clock.now)),
                ("filed_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="refunds.refund"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="claim_due",
                    ),
                    models.Index(fields=["status", "-created_at", "-id"], name="claim_status_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("refund", "number"), name="one_claim_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("submitted", "in_review"))),
                        fields=("refund",),
                        name="one_open_claim_per_refund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["submitted", "in_review", "accepted", "accepted_in_part", "rejected", "withdrawn"],
                            )
                        ),
                        name="claim_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_amount", None),
                            models.Q(("accepted_amount__gt", 0), ("accepted_amount__lte", models.F("asked_amount"))),
                            _connector="OR",
                        ),
                        name="claim_accepted_within_asked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalClaim",
            fields=[
                ("key_id", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=8)),
                ("request_id", models.CharField(max_length=128)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("in_review", "In Review"),
                            ("accepted", "Accepted"),
                            ("accepted_in_part", "Accepted In Part"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=20,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="insurer's reference")),
                ("asked_amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("accepted_amount", common.money.MoneyField(blank=True, decimal_places=3, max_digits=14, null=True)),
                ("reason_code", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("filed_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="refunds.refund",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical claim",
                "verbose_name_plural": "historical claims",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [models.Index(fields=["id", "-history_id"], name="claim_history")],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
