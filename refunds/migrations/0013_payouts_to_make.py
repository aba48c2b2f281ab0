from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0012_external_refunds_are_seen_by_all"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutToMake",
            fields=[],
            options={
                "verbose_name": "payout to make",
                "verbose_name_plural": "payouts to make",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("refunds.refund",),
        ),
    ]
