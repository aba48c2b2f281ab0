import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids
import common.money


class Migration(migrations.Migration):
    replaces = [
        ("issues", "0004_milestones"),
        ("issues", "0005_problems"),
        ("issues", "0006_seniors_record_problems"),
        ("issues", "0007_tags"),
        ("issues", "0008_links"),
        ("issues", "0009_macros"),
        ("issues", "0010_seniors_share_macros"),
        ("issues", "0011_delegations"),
        ("issues", "0012_decided_on_behalf"),
        ("issues", "0013_presence"),
        ("issues", "0014_saved_views"),
        ("issues", "0015_files"),
        ("issues", "0016_requests_of_customers"),
        ("issues", "0017_customer_texts"),
        ("issues", "0018_inbound_mail"),
        ("issues", "0019_mail_and_texts_are_seen"),
        ("issues", "0020_unresolved_by_deadline"),
        ("issues", "0021_deadlines"),
        ("issues", "0022_administrators_keep_deadlines"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("issues", "0002_initial"),
        ("refunds", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reopen", "Reopen"),
                            ("close", "Close"),
                            ("escalate", "Escalate"),
                            ("refund", "Refund"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("superseded", "Superseded"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="issues.issue"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="refunds.refund",
                    ),
                ),
                ("requested_status", models.CharField(blank=True, max_length=16)),
                ("asked_for", models.CharField(max_length=64)),
                ("note", models.TextField(blank=True, max_length=2000)),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("requested_with_key", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=8)),
                ("created_at", models.DateTimeField(default=common.clock.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "decided_by",
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
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_note", models.TextField(blank=True, max_length=2000)),
            ],
            options={
                "permissions": [("decide_approval", "Can approve and reject what others ask for")],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="approval_newest"),
                    models.Index(
                        condition=models.Q(("status", "pending")), fields=["expires_at"], name="approval_pending"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["reopen", "close", "escalate", "refund"])),
                        name="approval_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["pending", "approved", "rejected", "superseded", "expired"])
                        ),
                        name="approval_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_not_decided_by_asker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_behalf_of", None),
                            models.Q(
                                models.Q(("on_behalf_of", models.F("requested_by")), _negated=True),
                                models.Q(("on_behalf_of", models.F("decided_by")), _negated=True),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="approval_not_for_who_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["approved", "rejected"]), _negated=True),
                            ("decided_by__isnull", False),
                            _connector="OR",
                        ),
                        name="approval_decided_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "pending"), models.Q(("kind", "refund"), _negated=True)),
                        fields=("issue", "kind"),
                        name="one_pending_step_per_issue",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundMilestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("audit_row", models.BigIntegerField()),
                ("store_id", models.CharField(max_length=64)),
                (
                    "issue_type",
                    models.CharField(
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
                ("team_id", models.BigIntegerField(null=True)),
                (
                    "priority",
                    models.CharField(
                        choices=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
                        max_length=8,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="refunds.refund"
                    ),
                ),
                ("status", models.CharField(max_length=20)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("merchant", "Merchant"),
                            ("platform", "Platform"),
                            ("insurance", "Insurance"),
                            ("store_credit", "Store Credit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "indexes": [models.Index(fields=["on"], name="refund_milestone_day")],
                "constraints": [models.UniqueConstraint(fields=("audit_row",), name="one_refund_milestone_per_row")],
            },
        ),
    ]
