from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
        ("refunds", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="ledgeraccount", name="one_credit_account_per_customer"),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.UniqueConstraint(fields=("customer", "currency"), name="one_credit_account_per_customer"),
        ),
        migrations.AddConstraint(
            model_name="ledgeraccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("customer", None)), fields=("currency",), name="one_counter_account_per_currency"
            ),
        ),
    ]
