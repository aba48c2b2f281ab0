import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_call_users_employees"),
        ("issues", "0003_search"),
        ("orders", "0001_initial"),
        ("refunds", "0006_postings_sum_to_zero"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("recorded_at", models.DateTimeField(default=common.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name="refund",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replacements",
                to="refunds.refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["cancelled", "failed", "rejected", "returned"]), _negated=True),
                fields=("replaces",),
                name="one_counting_replacement",
            ),
        ),
        migrations.AddField(
            model_name="creditconsent",
            name="recorded_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditconsent",
            name="refund",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="consent", to="refunds.refund"
            ),
        ),
    ]
