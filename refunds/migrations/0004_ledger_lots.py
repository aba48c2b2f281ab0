import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.money


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0003_claims"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerLot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("remaining", common.money.MoneyField(decimal_places=3, max_digits=14)),
                ("expires_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=common.clock.now)),
            ],
        ),
        migrations.AlterModelOptions(
            name="ledgeraccount",
            options={"verbose_name": "credit account"},
        ),
        migrations.AddField(
            model_name="ledgerposting",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="refunds.ledgeraccount",
            ),
        ),
        migrations.AddField(
            model_name="ledgerposting",
            name="employee",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ledgerposting",
            name="key_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="ledgerposting",
            name="reference",
            field=models.CharField(db_default="", default="", max_length=255),
        ),
        migrations.AlterField(
            model_name="ledgerposting",
            name="kind",
            field=models.CharField(
                choices=[("credit", "Credit"), ("debit", "Debit"), ("expiry", "Expiry"), ("revert", "Revert")],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerposting",
            name="refund",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="refunds.refund"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerposting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("account", "kind", "reference"),
                name="one_posting_per_account_and_reference",
            ),
        ),
        migrations.AddField(
            model_name="ledgerlot",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="refunds.ledgeraccount"
            ),
        ),
        migrations.AddField(
            model_name="ledgerlot",
            name="posting",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="lot", to="refunds.ledgerposting"
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="lot",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="refunds.ledgerlot"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerlot",
            index=models.Index(
                condition=models.Q(("remaining__gt", 0)), fields=["account", "expires_at"], name="lot_open"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerlot",
            index=models.Index(
                condition=models.Q(("remaining__gt", 0), ("expires_at__isnull", False)),
                fields=["expires_at"],
                name="lot_expiring",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerlot",
            constraint=models.CheckConstraint(
                condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("amount"))),
                name="lot_remaining_within_amount",
            ),
        ),
    ]
