import datetime

import django.db.models.deletion
import django.db.models.functions.comparison
import django_fsm
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids
import issues.models.refresh
import issues.models.sla
from common.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("issues", "0001_initial"),
        ("orders", "0002_history_of_orders"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="HistoricalApproval",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
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
                        ("requested_status", models.CharField(blank=True, max_length=16)),
                        ("asked_for", models.CharField(max_length=64)),
                        ("note", models.TextField(blank=True, max_length=2000)),
                        ("expires_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("decision_note", models.TextField(blank=True, max_length=2000)),
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
                            "decided_by",
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
                            "on_behalf_of",
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
                        "verbose_name": "historical approval",
                        "verbose_name_plural": "historical approvals",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="approval_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDelegation",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        (
                            "decider",
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
                            "delegate",
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
                        "verbose_name": "historical delegation",
                        "verbose_name_plural": "historical delegations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="delegation_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Delegation",
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
                            "decider",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delegations",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "delegate",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stands_in_by",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["ends_at"], name="delegation_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("decider", models.F("delegate")), _negated=True),
                                name="delegation_to_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                                name="delegation_ends_after_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalStoredFile",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("media_type", models.CharField(max_length=40)),
                        ("size", models.PositiveIntegerField()),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
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
                        "verbose_name": "historical stored file",
                        "verbose_name_plural": "historical stored files",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="storedfile_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalIssue",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        (
                            "status",
                            django_fsm.FSMField(
                                choices=[
                                    ("open", "Open"),
                                    ("investigating", "Investigating"),
                                    ("in_progress", "In Progress"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("escalated", "Escalated"),
                                ],
                                default="open",
                                max_length=16,
                                protected=True,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
                                default="medium",
                                max_length=8,
                            ),
                        ),
                        ("resolution_description", models.TextField(blank=True, max_length=5000)),
                        ("customer_satisfied", models.BooleanField(null=True)),
                        ("customer_contacted", models.BooleanField(default=False)),
                        ("follow_up_required", models.BooleanField(default=False)),
                        ("follow_up_date", models.DateTimeField(blank=True, null=True)),
                        ("sla_policy", models.CharField(blank=True, max_length=40)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("updated_at", models.DateTimeField(default=common.clock.now)),
                        ("first_response_at", models.DateTimeField(blank=True, null=True)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_count", models.PositiveIntegerField(default=0)),
                        (
                            "assigned_to",
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
                            "assigned_team",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="issues.team",
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
                        "verbose_name": "historical issue",
                        "verbose_name_plural": "historical issues",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="issue_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Issue",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=20, unique=True)),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="orders.order"
                            ),
                        ),
                        (
                            "order_item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="issues",
                                to="orders.orderitem",
                            ),
                        ),
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
                        ("description", models.TextField(max_length=5000)),
                        (
                            "status",
                            django_fsm.FSMField(
                                choices=[
                                    ("open", "Open"),
                                    ("investigating", "Investigating"),
                                    ("in_progress", "In Progress"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("escalated", "Escalated"),
                                ],
                                default="open",
                                max_length=16,
                                protected=True,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
                                default="medium",
                                max_length=8,
                            ),
                        ),
                        (
                            "assigned_to",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="issues",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "assigned_team",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="issues",
                                to="issues.team",
                            ),
                        ),
                        (
                            "reported_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("resolution_description", models.TextField(blank=True, max_length=5000)),
                        ("customer_satisfied", models.BooleanField(null=True)),
                        ("customer_contacted", models.BooleanField(default=False)),
                        ("follow_up_required", models.BooleanField(default=False)),
                        ("follow_up_date", models.DateTimeField(blank=True, null=True)),
                        ("expected_resolution_time", models.DateTimeField(blank=True, null=True)),
                        ("sla_policy", models.CharField(blank=True, max_length=40)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("clocks", models.JSONField(default=list, editable=False)),
                        ("clocks_tell_at", models.DateTimeField(editable=False, null=True)),
                        ("follow_up_tell_at", models.DateTimeField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("updated_at", models.DateTimeField(default=common.clock.now)),
                        ("first_response_at", models.DateTimeField(blank=True, null=True)),
                        ("last_contact_at", models.DateTimeField(blank=True, null=True)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_count", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "permissions": [
                            ("work_issue", "Can add notes, assign, prioritise and work issues up to resolved"),
                            ("escalate_issue", "Can move issues into and out of escalated"),
                            ("close_issue", "Can close issues"),
                            ("reopen_issue", "Can reopen closed issues without approval"),
                            ("export_issue", "Can export issues"),
                            ("view_metrics", "Can see the metrics"),
                        ],
                        "indexes": [
                            models.Index(fields=["-created_at", "-id"], name="issue_newest"),
                            models.Index(fields=["status", "-created_at", "-id"], name="issue_status_newest"),
                            models.Index(
                                fields=["assigned_to", "status", "-created_at", "-id"], name="issue_assignee_newest"
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["resolved", "closed"]), _negated=True),
                                fields=["priority", "-created_at", "-id"],
                                name="issue_priority_newest",
                            ),
                            models.Index(
                                fields=["assigned_team", "status", "-created_at", "-id"], name="issue_team_newest"
                            ),
                            models.Index(
                                django.db.models.functions.comparison.Coalesce(
                                    "due_at",
                                    models.Value(
                                        datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                        output_field=models.DateTimeField(),
                                    ),
                                ),
                                models.F("id"),
                                condition=models.Q(("status__in", ["resolved", "closed"]), _negated=True),
                                name="issue_unresolved_due",
                            ),
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="issue_due"
                            ),
                            models.Index(
                                condition=models.Q(("follow_up_required", True)),
                                fields=["follow_up_date"],
                                name="issue_follow_up",
                            ),
                            models.Index(
                                condition=models.Q(("clocks_tell_at__isnull", False)),
                                fields=["clocks_tell_at"],
                                name="issue_to_tell",
                            ),
                            models.Index(
                                condition=models.Q(("follow_up_tell_at__isnull", False)),
                                fields=["follow_up_tell_at"],
                                name="issue_follow_up_to_tell",
                            ),
                            models.Index(
                                condition=models.Q(("status", "resolved")),
                                fields=["resolved_at"],
                                name="issue_resolved",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["open", "investigating", "in_progress", "resolved", "closed", "escalated"],
                                    )
                                ),
                                name="issue_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("priority__in", ["low", "medium", "high", "critical"])),
                                name="issue_priority_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("follow_up_required", True), ("follow_up_date", None), _connector="OR"
                                ),
                                name="issue_follow_up_date_required",
                            ),
                        ],
                    },
                    bases=(issues.models.refresh.SafeRefreshMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalIssueLink",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("duplicate_of", "is a duplicate of"),
                                    ("related", "is related to"),
                                    ("caused_by", "was caused by"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("status_before", models.CharField(blank=True, max_length=16)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                            "other",
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
                        "verbose_name": "historical issue link",
                        "verbose_name_plural": "historical issue links",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="issuelink_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="IssueLink",
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
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="links", to="issues.issue"
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links_here",
                                to="issues.issue",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("duplicate_of", "is a duplicate of"),
                                    ("related", "is related to"),
                                    ("caused_by", "was caused by"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("status_before", models.CharField(blank=True, max_length=16)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["duplicate_of", "related", "caused_by"])),
                                name="link_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("issue", models.F("other")), _negated=True),
                                name="link_to_another_issue",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status_before", ""), ("kind", "duplicate_of"), _connector="OR"),
                                name="link_merges_duplicates",
                            ),
                            models.UniqueConstraint(
                                django.db.models.functions.comparison.Least("issue", "other"),
                                django.db.models.functions.comparison.Greatest("issue", "other"),
                                condition=models.Q(("removed_at", None)),
                                name="one_link_between_two_issues",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "duplicate_of"), ("removed_at", None)),
                                fields=("issue",),
                                name="one_original_per_duplicate",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalMacro",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "use",
                            models.CharField(
                                choices=[("note", "A note for the team"), ("communication", "A word to the customer")],
                                default="note",
                                max_length=13,
                            ),
                        ),
                        ("text", models.TextField(max_length=2000)),
                        (
                            "status",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("open", "Open"),
                                    ("investigating", "Investigating"),
                                    ("in_progress", "In Progress"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("escalated", "Escalated"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "sharing",
                            models.CharField(
                                choices=[("own", "Only me"), ("team", "One team"), ("all", "Everybody")],
                                default="own",
                                max_length=4,
                            ),
                        ),
                        ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="issues.team",
                            ),
                        ),
                        (
                            "shared_with",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="issues.team",
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
                        "verbose_name": "historical macro",
                        "verbose_name_plural": "historical macros",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="macro_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Macro",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "use",
                            models.CharField(
                                choices=[("note", "A note for the team"), ("communication", "A word to the customer")],
                                default="note",
                                max_length=13,
                            ),
                        ),
                        ("text", models.TextField(max_length=2000)),
                        (
                            "status",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("open", "Open"),
                                    ("investigating", "Investigating"),
                                    ("in_progress", "In Progress"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("escalated", "Escalated"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="issues.team",
                            ),
                        ),
                        (
                            "sharing",
                            models.CharField(
                                choices=[("own", "Only me"), ("team", "One team"), ("all", "Everybody")],
                                default="own",
                                max_length=4,
                            ),
                        ),
                        (
                            "shared_with",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="issues.team",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "permissions": [("share_macro", "Can share macros with others, and change shared ones")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("sharing__in", ["own", "team", "all"])), name="macro_sharing_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("use__in", ["note", "communication"])), name="macro_use_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="milestones",
                                to="issues.issue",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("created", "Created"),
                                    ("responded", "Responded"),
                                    ("stepped", "Stepped"),
                                    ("moved", "Moved"),
                                    ("answered", "Answered"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("backlog", models.SmallIntegerField(default=0)),
                        ("status_before", models.CharField(blank=True, max_length=16)),
                        ("status_after", models.CharField(blank=True, max_length=16)),
                        ("seconds", models.BigIntegerField(null=True)),
                        ("business_seconds", models.BigIntegerField(null=True)),
                        ("age", models.BigIntegerField(null=True)),
                        ("business_age", models.BigIntegerField(null=True)),
                        ("is_first", models.BooleanField(default=False)),
                        ("satisfied", models.BooleanField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["on"], name="milestone_day")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("audit_row", "kind", "backlog"), name="one_milestone_per_row_and_kind"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Standing",
                    fields=[
                        (
                            "issue",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="issues.issue",
                            ),
                        ),
                        ("audit_row", models.BigIntegerField(default=0)),
                        ("store_id", models.CharField(blank=True, max_length=64)),
                        ("issue_type", models.CharField(blank=True, max_length=20)),
                        ("team_id", models.BigIntegerField(null=True)),
                        ("priority", models.CharField(blank=True, max_length=8)),
                        ("status", models.CharField(blank=True, max_length=16)),
                        ("created_at", models.DateTimeField(null=True)),
                        ("since", models.DateTimeField(null=True)),
                        ("has_response", models.BooleanField(default=False)),
                        ("was_resolved", models.BooleanField(default=False)),
                        ("age", models.BigIntegerField(null=True)),
                        ("business_age", models.BigIntegerField(null=True)),
                        ("satisfied", models.BooleanField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["", "resolved", "closed"]), _negated=True),
                                fields=["store_id", "issue_type", "team_id", "priority"],
                                name="standing_unresolved",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Presence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="issues.issue",
                            ),
                        ),
                        (
                            "employee",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("seen_at", models.DateTimeField()),
                    ],
                    options={
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["seen_at"], name="presence_seen")],
                        "constraints": [
                            models.UniqueConstraint(fields=("issue", "employee"), name="one_presence_in_issue")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalProblem",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("title", models.CharField(max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "Open"), ("solved", "Solved")], default="open", max_length=8
                            ),
                        ),
                        ("store", models.CharField(blank=True, max_length=64)),
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
                        ("sku", models.CharField(blank=True, max_length=64)),
                        ("partner", models.CharField(blank=True, max_length=64)),
                        ("customer", models.CharField(blank=True, max_length=64)),
                        ("solved_at", models.DateTimeField(blank=True, null=True)),
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
                        "verbose_name": "historical problem",
                        "verbose_name_plural": "historical problems",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="problem_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Problem",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "Open"), ("solved", "Solved")], default="open", max_length=8
                            ),
                        ),
                        ("store", models.CharField(blank=True, max_length=64)),
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
                        ("sku", models.CharField(blank=True, max_length=64)),
                        ("partner", models.CharField(blank=True, max_length=64)),
                        ("customer", models.CharField(blank=True, max_length=64)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("solved_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "permissions": [
                            ("record_problem", "Can make a problem of a pattern, and say that it is solved")
                        ],
                        "indexes": [models.Index(fields=["status", "-created_at", "-id"], name="problem_newest")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["open", "solved"])), name="problem_status_known"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("store", "issue_type", "sku", "partner", "customer"),
                                name="one_open_problem_per_pattern",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProblemIssue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "problem",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="issues.problem"
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="issues.issue"
                            ),
                        ),
                        ("linked_at", models.DateTimeField(default=common.clock.now)),
                        (
                            "linked_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("problem", "issue"), name="one_link_per_problem_and_issue")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SatisfactionLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="satisfaction_links",
                                to="issues.issue",
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("query", models.CharField(max_length=2000)),
                        ("is_shared", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "default_permissions": (),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("is_shared", True)), fields=["name"], name="saved_view_shared"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("owner", "name"), name="one_view_per_owner_and_name")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalBusinessHours",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        ("days", models.JSONField(default=issues.models.sla.monday_to_friday)),
                        ("opens", models.TimeField(default=datetime.time(9, 0))),
                        (
                            "closes",
                            models.TimeField(default=datetime.time(17, 0), help_text="00:00 is the end of the day."),
                        ),
                        (
                            "country",
                            models.CharField(
                                blank=True, help_text="Whose public holidays are free, like DE.", max_length=2
                            ),
                        ),
                        (
                            "part",
                            models.CharField(
                                blank=True,
                                help_text="Like BE for Berlin.",
                                max_length=8,
                                verbose_name="state or region",
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
                        "verbose_name": "historical business hours",
                        "verbose_name_plural": "historical business hours",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="businesshours_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalSlaPolicy",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("name", models.CharField(max_length=40)),
                        ("position", models.PositiveIntegerField(default=0)),
                        (
                            "priority",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
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
                        ("for_escalated", models.BooleanField(default=False, verbose_name="for escalated issues")),
                        (
                            "first_response",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="first response within (minutes)"
                            ),
                        ),
                        (
                            "next_response",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="next response within (minutes)"
                            ),
                        ),
                        (
                            "resolution",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="resolution within (minutes)"
                            ),
                        ),
                        (
                            "in_business_hours",
                            models.BooleanField(default=True, verbose_name="count business hours only"),
                        ),
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
                                choices=[
                                    ("low", "Low"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                    ("critical", "Critical"),
                                ],
                                max_length=8,
                                verbose_name="raise the priority to",
                            ),
                        ),
                        ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
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
                            "rule_team",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="issues.team",
                                verbose_name="give it to",
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
                        "verbose_name": "historical deadline policy",
                        "verbose_name_plural": "historical deadline policies",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="slapolicy_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="CalendarLink",
                    fields=[
                        (
                            "employee",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="calendar_link",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="HistoricalIssueTag",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("name", models.CharField(max_length=32)),
                        ("is_on", models.BooleanField(default=True)),
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
                        "verbose_name": "historical issue tag",
                        "verbose_name_plural": "historical issue tags",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="issuetag_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="IssueTag",
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
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="issues.issue"
                            ),
                        ),
                        ("name", models.CharField(max_length=32)),
                        ("is_on", models.BooleanField(default=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("is_on", True)), fields=["name", "issue"], name="tag_on_issue"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("issue", "name"), name="one_row_per_tag_and_issue")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Note",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(blank=True, max_length=128)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="issues.issue"
                            ),
                        ),
                        ("issue_version", models.PositiveIntegerField()),
                        ("body", models.TextField(max_length=2000)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["issue", "created_at", "id"], name="note_of_issue")],
                    },
                ),
                migrations.CreateModel(
                    name="Communication",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(blank=True, max_length=128)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="communications",
                                to="issues.issue",
                            ),
                        ),
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
                            "direction",
                            models.CharField(choices=[("inbound", "Inbound"), ("outbound", "Outbound")], max_length=8),
                        ),
                        ("body", models.TextField(max_length=5000)),
                        ("occurred_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["issue", "created_at", "id"], name="communication_of_issue")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("direction__in", ["inbound", "outbound"])),
                                name="communication_direction_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(blank=True, max_length=128)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="issues.issue",
                            ),
                        ),
                        ("url", models.URLField(max_length=2000)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="search_entries",
                                to="issues.issue",
                            ),
                        ),
                        ("is_header", models.BooleanField(default=False)),
                        ("text", models.TextField()),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="StoredFile",
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
                            "author",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(blank=True, max_length=128)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        (
                            "issue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="issues.issue"
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=150)),
                        ("media_type", models.CharField(max_length=40)),
                        ("size", models.PositiveIntegerField()),
                        ("stored_as", models.CharField(blank=True, max_length=200)),
                        ("thumbnail_as", models.CharField(blank=True, max_length=200)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["issue", "created_at", "id"], name="file_of_issue"),
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["next_attempt_at"],
                                name="file_due",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InboundMail",
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
                        ("fingerprint", models.CharField(max_length=255, unique=True)),
                        ("sender", models.CharField(blank=True, max_length=254)),
                        ("subject", models.CharField(blank=True, max_length=200)),
                        ("raw", models.BinaryField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("placed", "Placed"),
                                    ("unplaced", "Unplaced"),
                                    ("ignored", "Ignored"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=200)),
                        (
                            "issue",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="inbound_mails",
                                to="issues.issue",
                            ),
                        ),
                        (
                            "communication",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="issues.communication",
                            ),
                        ),
                        ("received_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["next_attempt_at"],
                                name="inbound_mail_due",
                            ),
                            models.Index(fields=["-received_at", "-id"], name="inbound_mail_newest"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("outcome__in", ["waiting", "placed", "unplaced", "ignored"])),
                                name="inbound_outcome_known",
                            )
                        ],
                    },
                ),
            ]
        )
    ]
