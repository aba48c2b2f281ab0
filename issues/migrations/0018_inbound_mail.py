"""Mail that came in."""

import django.db.models.deletion
from django.db import migrations, models

import common.clock
import common.ids


class Migration(migrations.Migration):
    dependencies = [("issues", "0017_customer_texts")]

    operations = [
        migrations.CreateModel(
            name="InboundMail",
            fields=[
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(default=common.clock.now, null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
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
                ("received_at", models.DateTimeField(default=common.clock.now)),
                (
                    "communication",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="issues.communication",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbound_mails",
                        to="issues.issue",
                    ),
                ),
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
