from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_feed_head"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_outside"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("employee", None)), fields=["address", "-created_at"], name="delivery_outside"
            ),
        ),
    ]
