import datetime

import django.core.serializers.json
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids
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
                    name="FeedHead",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("placed", models.BigIntegerField(default=0)),
                        ("forgotten", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_feed_head")],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
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
                        ("name", models.CharField(max_length=64)),
                        ("version", models.PositiveSmallIntegerField(db_default=1, default=1)),
                        ("position", models.BigIntegerField(editable=False, null=True, unique=True)),
                        ("order_id", models.CharField(blank=True, max_length=64)),
                        ("issue_id", models.UUIDField(null=True)),
                        (
                            "data",
                            models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                        ),
                        ("employee_id", models.BigIntegerField(null=True)),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(blank=True, max_length=128)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["next_attempt_at"],
                                name="event_due",
                            ),
                            models.Index(
                                condition=models.Q(("position", None)), fields=["created_at"], name="event_unplaced"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationSettings",
                    fields=[
                        (
                            "employee",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="notification_settings",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        ("digest_at", models.TimeField(default=datetime.time(8, 0))),
                        ("quiet_from", models.TimeField(blank=True, null=True)),
                        ("quiet_to", models.TimeField(blank=True, null=True)),
                        ("chat", models.TextField(blank=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("quiet_from", None), ("quiet_to", None)),
                                    models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                                    _connector="OR",
                                ),
                                name="quiet_hours_have_both_ends",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationChoice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "employee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notification_choices",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("kind", models.CharField(max_length=32)),
                        (
                            "mode",
                            models.CharField(
                                choices=[("at_once", "At Once"), ("digest", "Digest"), ("off", "Off")], max_length=8
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("employee", "kind"), name="one_choice_per_employee_and_kind"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("mode__in", ["at_once", "digest", "off"])),
                                name="notification_mode_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChatRoom",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=64, unique=True)),
                        ("address", models.TextField()),
                        ("kinds", models.JSONField(default=list)),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="issues.team",
                            ),
                        ),
                        ("is_enabled", models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="HistoricalWebhookEndpoint",
                    fields=[
                        ("key_id", models.BigIntegerField(null=True)),
                        ("via", models.CharField(max_length=8)),
                        ("request_id", models.CharField(max_length=128)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("id", models.UUIDField(default=common.ids.new_id, editable=False)),
                        ("url", models.CharField(max_length=2000)),
                        ("description", models.CharField(blank=True, max_length=200)),
                        ("events", models.JSONField(default=list)),
                        ("is_enabled", models.BooleanField(default=True)),
                        (
                            "disabled_because",
                            models.CharField(
                                blank=True,
                                choices=[("by_hand", "By Hand"), ("gone", "Gone"), ("failing", "Failing")],
                                max_length=16,
                            ),
                        ),
                        ("secret_changed_at", models.DateTimeField(default=common.clock.now)),
                        ("previous_secret_until", models.DateTimeField(null=True)),
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
                            "owner",
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
                        "verbose_name": "historical webhook endpoint",
                        "verbose_name_plural": "historical webhook endpoints",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [models.Index(fields=["id", "-history_id"], name="webhookendpoint_history")],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="WebhookEndpoint",
                    fields=[
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("audit_hash", models.CharField(default="", editable=False, max_length=64)),
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("url", models.CharField(max_length=2000)),
                        ("description", models.CharField(blank=True, max_length=200)),
                        ("events", models.JSONField(default=list)),
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
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("is_enabled", models.BooleanField(default=True)),
                        (
                            "disabled_because",
                            models.CharField(
                                blank=True,
                                choices=[("by_hand", "By Hand"), ("gone", "Gone"), ("failing", "Failing")],
                                max_length=16,
                            ),
                        ),
                        ("secret", models.TextField()),
                        ("secret_changed_at", models.DateTimeField(default=common.clock.now)),
                        ("previous_secret", models.TextField(blank=True)),
                        ("previous_secret_until", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        (
                            "lane",
                            models.CharField(
                                choices=[("prompt", "Prompt"), ("slow", "Slow")], default="prompt", max_length=8
                            ),
                        ),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("last_success_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "permissions": [("manage_webhooks", "Can manage webhooks")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("disabled_because", ""), ("is_enabled", True)),
                                    models.Q(("is_enabled", False), models.Q(("disabled_because", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="webhook_disabled_because",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookDelivery",
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
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="events.webhookendpoint",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="webhook_deliveries",
                                to="events.event",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("delivered_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name_plural": "webhook deliveries",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["endpoint", "next_attempt_at"],
                                name="webhook_delivery_due",
                            ),
                            models.Index(
                                condition=models.Q(("leased_until__isnull", False)),
                                fields=["endpoint", "leased_until"],
                                name="webhook_delivery_in_flight",
                            ),
                            models.Index(
                                fields=["endpoint", "-created_at", "-id"], name="webhook_delivery_of_endpoint"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("endpoint", "event"), name="one_delivery_per_endpoint_and_event"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookAttempt",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "delivery",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tries",
                                to="events.webhookdelivery",
                            ),
                        ),
                        ("at", models.DateTimeField(default=common.clock.now)),
                        ("milliseconds", models.PositiveIntegerField()),
                        ("url", models.CharField(max_length=2000)),
                        ("request_headers", models.JSONField(default=dict)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("response_headers", models.JSONField(default=dict)),
                        ("response_body", models.TextField(blank=True)),
                        ("error", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["delivery", "at"], name="webhook_attempt_of_delivery")],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
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
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="deliveries",
                                to="events.event",
                            ),
                        ),
                        ("order_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
                        ("issue_id", models.UUIDField(null=True)),
                        (
                            "channel",
                            models.CharField(
                                choices=[("email", "Email"), ("in_product", "In Product"), ("chat", "Chat")],
                                max_length=16,
                            ),
                        ),
                        (
                            "employee",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("address", models.CharField(max_length=254)),
                        (
                            "room",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="events.chatroom",
                            ),
                        ),
                        ("in_digest", models.BooleanField(db_default=False, default=False)),
                        ("kind", models.CharField(max_length=32)),
                        ("once_for", models.UUIDField(null=True)),
                        ("subject", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("html", models.TextField(blank=True)),
                        ("url", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=common.clock.now)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("read_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name_plural": "deliveries",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["next_attempt_at"],
                                name="delivery_due",
                            ),
                            models.Index(fields=["order_id"], name="delivery_of_order"),
                            models.Index(fields=["issue_id", "created_at"], name="delivery_of_issue"),
                            models.Index(
                                condition=models.Q(("channel", "email"), ("employee", None)),
                                fields=["address", "-created_at"],
                                name="delivery_outside",
                            ),
                            models.Index(fields=["employee", "channel", "-created_at"], name="delivery_of_employee"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "channel", "address"), name="one_delivery_per_event_and_person"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("once_for__isnull", False)),
                                fields=("once_for", "kind", "channel"),
                                name="one_delivery_per_subject_and_kind",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
