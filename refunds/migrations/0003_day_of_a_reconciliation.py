from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("refunds", "0002_postings_sum_to_zero")]

    operations = [
        migrations.AddField(
            model_name="reconciliation",
            name="day",
            field=models.DateField(editable=False, null=True, unique=True),
        ),
    ]
