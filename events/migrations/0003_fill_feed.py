"""The one head of the feed, and the order of each message that was written before it had one."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

BATCH = 2000


def fill(apps, schema_editor) -> None:
    apps.get_model("events", "FeedHead").objects.get_or_create(pk=1)
    Delivery, Event = apps.get_model("events", "Delivery"), apps.get_model("events", "Event")
    order_of_event = Subquery(Event.objects.filter(pk=OuterRef("event_id")).values("order_id")[:1])
    without = Delivery.objects.filter(order_id="").exclude(event__order_id="")
    while batch := list(without.values_list("pk", flat=True)[:BATCH]):
        Delivery.objects.filter(pk__in=batch).update(order_id=order_of_event)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0002_feed")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
