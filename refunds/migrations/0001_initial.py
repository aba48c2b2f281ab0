from decimal import Decimal

import django.core.serializers.json
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids
import common.money
from common.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("issues", "0002_initial"),
        ("orders", "0002_history_of_orders"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="HistoricalRefund",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                        ("currency", models.CharField(max_length=3)),
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
                        ("payment_method", models.CharField(max_length=20)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("awaiting_approval", "Awaiting Approval"),
                                    ("awaiting_claim", "Awaiting Claim"),
                                    ("queued", "Queued"),
                                    ("processing", "Processing"),
                                    ("pending", "Pending"),
                                    ("unknown", "Unknown"),
                                    ("needs_review", "Needs Review"),
                                    ("succeeded", "Succeeded"),
                                    ("failed", "Failed"),
                                    ("returned", "Returned"),
                                    ("cancelled", "Cancelled"),
                                    ("rejected", "Rejected"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("provider", models.CharField(max_length=32)),
                        ("provider_reference", models.CharField(blank=True, max_length=255)),
                        ("failure_code", models.CharField(blank=True, max_length=64)),
                        ("failure_reason", models.CharField(blank=True, max_length=500)),
                        ("expected_by", models.DateField(null=True)),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "order",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="orders.order",
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="issues.issue",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "requested_with",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.apikey",
                            ),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField()),
                        ("history_change_reason", models.TextField(null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        "verbose_name": "historical refund",
                        "verbose_name_plural": "historical refunds",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [
                            models.Index(fields=["id", "-history_id"], name="refund_history"),
                            models.Index(
                                condition=models.Q(
                                    ("history_type", "+"),
                                    ("status__in", ["succeeded", "failed", "returned"]),
                                    _connector="OR",
                                ),
                                fields=["history_date"],
                                name="refund_counted",
                            ),
                        ],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Refund",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="orders.order"
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="issues.issue"
                            ),
                        ),
                        ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                        ("currency", models.CharField(max_length=3)),
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
                        ("payment_method", models.CharField(max_length=20)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("awaiting_approval", "Awaiting Approval"),
                                    ("awaiting_claim", "Awaiting Claim"),
                                    ("queued", "Queued"),
                                    ("processing", "Processing"),
                                    ("pending", "Pending"),
                                    ("unknown", "Unknown"),
                                    ("needs_review", "Needs Review"),
                                    ("succeeded", "Succeeded"),
                                    ("failed", "Failed"),
                                    ("returned", "Returned"),
                                    ("cancelled", "Cancelled"),
                                    ("rejected", "Rejected"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("provider", models.CharField(max_length=32)),
                        ("provider_reference", models.CharField(blank=True, max_length=255)),
                        ("failure_code", models.CharField(blank=True, max_length=64)),
                        ("failure_reason", models.CharField(blank=True, max_length=500)),
                        (
                            "requested_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "requested_with",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.apikey",
                            ),
                        ),
                        (
                            "approved_by",
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
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replacements",
                                to="refunds.refund",
                            ),
                        ),
                        ("expected_by", models.DateField(null=True)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "permissions": [("start_refund", "Can start refunds, up to the limit of the group")],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["next_attempt_at", "id"],
                                name="refund_due_first",
                            ),
                            models.Index(fields=["-created_at", "-id"], name="refund_newest"),
                            models.Index(fields=["status", "-created_at", "-id"], name="refund_status_newest"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="refund_amount_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "awaiting_approval",
                                            "awaiting_claim",
                                            "queued",
                                            "processing",
                                            "pending",
                                            "unknown",
                                            "needs_review",
                                            "succeeded",
                                            "failed",
                                            "returned",
                                            "cancelled",
                                            "rejected",
                                        ],
                                    )
                                ),
                                name="refund_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source__in", ["merchant", "platform", "insurance", "store_credit"])
                                ),
                                name="refund_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    models.Q(("approved_by", models.F("requested_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="refund_not_approved_by_asker",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status__in", ["cancelled", "failed", "rejected", "returned"]), _negated=True
                                ),
                                fields=("replaces",),
                                name="one_counting_replacement",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefundAttempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="refunds.refund",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("idempotency_key", models.CharField(max_length=64, unique=True)),
                        ("calls", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("last_sent_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("sent", "Sent"),
                                    ("accepted", "Accepted"),
                                    ("refused", "Refused"),
                                    ("unknown", "Unknown"),
                                    ("absent", "Absent"),
                                ],
                                default="sent",
                                max_length=16,
                            ),
                        ),
                        ("provider_reference", models.CharField(blank=True, max_length=255)),
                        (
                            "evidence",
                            models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["provider_reference"], name="attempt_provider_reference")],
                        "constraints": [
                            models.UniqueConstraint(fields=("refund", "number"), name="one_attempt_per_number")
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
                        (
                            "accepted_amount",
                            common.money.MoneyField(blank=True, decimal_places=3, max_digits=14, null=True),
                        ),
                        ("reason_code", models.CharField(blank=True, max_length=64)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("filed_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField()),
                        ("history_change_reason", models.TextField(null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        "verbose_name": "historical claim",
                        "verbose_name_plural": "historical claims",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="claim_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="refunds.refund"
                            ),
                        ),
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
                        (
                            "accepted_amount",
                            common.money.MoneyField(blank=True, decimal_places=3, max_digits=14, null=True),
                        ),
                        ("reason_code", models.CharField(blank=True, max_length=64)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("description", models.TextField(max_length=5000)),
                        (
                            "attachments",
                            models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder),
                        ),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("filed_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                        ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
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
                                        [
                                            "submitted",
                                            "in_review",
                                            "accepted",
                                            "accepted_in_part",
                                            "rejected",
                                            "withdrawn",
                                        ],
                                    )
                                ),
                                name="claim_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepted_amount", None),
                                    models.Q(
                                        ("accepted_amount__gt", 0), ("accepted_amount__lte", models.F("asked_amount"))
                                    ),
                                    _connector="OR",
                                ),
                                name="claim_accepted_within_asked",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="orders.customer",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("balance", common.money.MoneyField(decimal_places=3, default=Decimal("0"), max_digits=14)),
                    ],
                    options={
                        "verbose_name": "credit account",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("customer", "currency"), name="one_credit_account_per_customer"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("customer", None)),
                                fields=("currency",),
                                name="one_counter_account_per_currency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("customer", None), ("balance__gte", 0), _connector="OR"),
                                name="customer_credit_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerPosting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="refunds.ledgeraccount",
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="refunds.refund",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("credit", "Credit"),
                                    ("debit", "Debit"),
                                    ("expiry", "Expiry"),
                                    ("revert", "Revert"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("reference", models.CharField(db_default="", default="", max_length=255)),
                        (
                            "employee",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("refund", "kind"), name="one_posting_per_refund_and_kind"),
                            models.UniqueConstraint(
                                condition=models.Q(("reference", ""), _negated=True),
                                fields=("account", "kind", "reference"),
                                name="one_posting_per_account_and_reference",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerLot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="refunds.ledgeraccount",
                            ),
                        ),
                        (
                            "posting",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lot",
                                to="refunds.ledgerposting",
                            ),
                        ),
                        ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                        ("remaining", common.money.MoneyField(decimal_places=3, max_digits=14)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("remaining__gt", 0)),
                                fields=["account", "expires_at"],
                                name="lot_open",
                            ),
                            models.Index(
                                condition=models.Q(("remaining__gt", 0), ("expires_at__isnull", False)),
                                fields=["expires_at"],
                                name="lot_expiring",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("amount"))),
                                name="lot_remaining_within_amount",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "posting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="refunds.ledgerposting",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="refunds.ledgeraccount",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="refunds.ledgerlot",
                            ),
                        ),
                        ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                    ],
                ),
                migrations.CreateModel(
                    name="CreditConsent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "refund",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="consent", to="refunds.refund"
                            ),
                        ),
                        ("given_by", models.CharField(blank=True, max_length=200)),
                        ("given_at", models.DateTimeField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("phone", "Phone"),
                                    ("email", "Email"),
                                    ("chat", "Chat"),
                                    ("sms", "Sms"),
                                    ("in_person", "In Person"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=common.clock.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="PayoutToMake",
                    fields=[],
                    options={
                        "verbose_name": "payout to make",
                        "verbose_name_plural": "payouts to make",
                        "proxy": True,
                        "default_permissions": (),
                    },
                    bases=("refunds.refund",),
                ),
                migrations.CreateModel(
                    name="ProviderEvent",
                    fields=[
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=common.clock.now, null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("last_error", models.CharField(blank=True, max_length=500)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("provider", models.CharField(max_length=32)),
                        ("event_id", models.CharField(max_length=255)),
                        ("account", models.CharField(max_length=16)),
                        ("kind", models.CharField(max_length=64)),
                        ("refund_reference", models.CharField(blank=True, max_length=255)),
                        ("disputed_payment", models.CharField(blank=True, max_length=255)),
                        ("payment_alias", models.CharField(blank=True, default="", max_length=255)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("applied", "Applied"),
                                    ("not_followed", "Not Followed"),
                                    ("not_ours", "Not Ours"),
                                ],
                                default="waiting",
                                max_length=16,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["next_attempt_at"],
                                name="provider_event_due",
                            ),
                            models.Index(fields=["-created_at", "-id"], name="provider_event_newest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("provider", "event_id"), name="one_row_per_provider_event")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalExternalRefund",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("provider", models.CharField(max_length=32)),
                        ("account", models.CharField(max_length=16)),
                        ("reference", models.CharField(max_length=255, verbose_name="provider's reference")),
                        ("payment_reference", models.CharField(max_length=255)),
                        ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "status",
                            models.CharField(
                                choices=[("pending", "Pending"), ("succeeded", "Succeeded"), ("failed", "Failed")],
                                max_length=16,
                            ),
                        ),
                        ("counts", models.BooleanField(verbose_name="counts against the order")),
                        ("made_at", models.DateTimeField()),
                        (
                            "order",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="orders.order",
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField()),
                        ("history_change_reason", models.TextField(null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        "verbose_name": "historical external refund",
                        "verbose_name_plural": "historical external refunds",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="externalrefund_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ExternalRefund",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="external_refunds",
                                to="orders.order",
                            ),
                        ),
                        ("provider", models.CharField(max_length=32)),
                        ("account", models.CharField(max_length=16)),
                        ("reference", models.CharField(max_length=255, verbose_name="provider's reference")),
                        ("payment_reference", models.CharField(max_length=255)),
                        ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "status",
                            models.CharField(
                                choices=[("pending", "Pending"), ("succeeded", "Succeeded"), ("failed", "Failed")],
                                max_length=16,
                            ),
                        ),
                        ("counts", models.BooleanField(verbose_name="counts against the order")),
                        ("made_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["-created_at", "-id"], name="external_refund_newest")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("provider", "reference"), name="one_row_per_external_refund"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="external_refund_amount_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts", False),
                                    models.Q(models.Q(("status", "failed"), _negated=True), ("order__isnull", False)),
                                    _connector="OR",
                                ),
                                name="external_refund_counts_while_it_holds",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reconciliation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                            models.JSONField(
                                blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["-started_at", "-id"], name="reconciliation_newest")],
                    },
                ),
                migrations.CreateModel(
                    name="Finding",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        ("provider", models.CharField(blank=True, max_length=32)),
                        (
                            "reference",
                            models.CharField(blank=True, max_length=255, verbose_name="provider's reference"),
                        ),
                        ("ours", models.CharField(max_length=300)),
                        ("theirs", models.CharField(max_length=300)),
                        ("happened_at", models.DateTimeField(null=True)),
                        ("first_seen", models.DateTimeField()),
                        ("last_seen", models.DateTimeField()),
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
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
                        ("looked_into_at", models.DateTimeField(blank=True, null=True)),
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
                        ("note", models.CharField(blank=True, max_length=2000)),
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
        )
    ]
