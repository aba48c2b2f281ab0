from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="idempotentcall",
            name="caller",
            field=models.CharField(max_length=80),
        ),
    ]
