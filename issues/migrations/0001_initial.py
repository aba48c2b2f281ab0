import datetime

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import common.ids
import issues.models.sla


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orders", "0001_initial"),
    ]

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
                    "store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orders.store",
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
        migrations.CreateModel(
            name="IssueNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="BusinessHours",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.store",
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("days", models.JSONField(default=issues.models.sla.monday_to_friday)),
                ("opens", models.TimeField(default=datetime.time(9, 0))),
                ("closes", models.TimeField(default=datetime.time(17, 0), help_text="00:00 is the end of the day.")),
                (
                    "country",
                    models.CharField(blank=True, help_text="Whose public holidays are free, like DE.", max_length=2),
                ),
                (
                    "part",
                    models.CharField(
                        blank=True, help_text="Like BE for Berlin.", max_length=8, verbose_name="state or region"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "business hours",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("store", models.Value("")),
                        name="one_hours_per_store",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("takes_escalations", models.BooleanField(default=False)),
                ("stores", models.ManyToManyField(blank=True, related_name="teams", to="orders.store")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("takes_escalations", True)),
                        fields=("takes_escalations",),
                        name="one_escalation_team",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "issue_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong_items", "Wrong Items"),
                            ("missing_items", "Missing Items"),
                            ("damaged_items", "Damaged Items"),
                            ("delivery_issue", "Delivery Issue"),
                            ("payment_issue", "Payment Issue"),
                            ("customer_complaint", "Customer Complaint"),
                            ("quality_issue", "Quality Issue"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        blank=True,
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
                        max_length=8,
                    ),
                ),
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
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="routing_rules", to="issues.team"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="SlaPolicy",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "priority",
                    models.CharField(
                        blank=True,
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
                        max_length=8,
                    ),
                ),
                (
                    "issue_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong_items", "Wrong Items"),
                            ("missing_items", "Missing Items"),
                            ("damaged_items", "Damaged Items"),
                            ("delivery_issue", "Delivery Issue"),
                            ("payment_issue", "Payment Issue"),
                            ("customer_complaint", "Customer Complaint"),
                            ("quality_issue", "Quality Issue"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.store",
                    ),
                ),
                ("for_escalated", models.BooleanField(default=False, verbose_name="for escalated issues")),
                (
                    "first_response",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="first response within (minutes)"),
                ),
                (
                    "next_response",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="next response within (minutes)"),
                ),
                (
                    "resolution",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="resolution within (minutes)"),
                ),
                ("in_business_hours", models.BooleanField(default=True, verbose_name="count business hours only")),
                (
                    "rule_at",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(75, "75 % of the time"), (90, "90 % of the time"), (100, "The breach")],
                        null=True,
                        verbose_name="act at",
                    ),
                ),
                ("rule_escalates", models.BooleanField(default=False, verbose_name="escalate the issue")),
                (
                    "rule_priority",
                    models.CharField(
                        blank=True,
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
                        max_length=8,
                        verbose_name="raise the priority to",
                    ),
                ),
                (
                    "rule_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="issues.team",
                        verbose_name="give it to",
                    ),
                ),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
            ],
            options={
                "verbose_name": "deadline policy",
                "verbose_name_plural": "deadline policies",
                "ordering": ["position", "id"],
            },
        ),
    ]
