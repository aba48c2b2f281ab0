"""What was credited before there were lots becomes one each, which never expires."""

from django.db import migrations


def fill(apps, schema_editor) -> None:
    LedgerEntry = apps.get_model("refunds", "LedgerEntry")
    LedgerLot = apps.get_model("refunds", "LedgerLot")
    LedgerPosting = apps.get_model("refunds", "LedgerPosting")
    entries = LedgerEntry.objects.filter(posting__kind="credit", account__customer__isnull=False, lot=None)
    for entry in entries.select_related("posting").iterator(chunk_size=1000):
        lot = LedgerLot.objects.create(
            account_id=entry.account_id,
            posting_id=entry.posting_id,
            amount=entry.amount,
            remaining=entry.amount,
            created_at=entry.posting.created_at,
        )
        LedgerEntry.objects.filter(pk=entry.pk).update(lot=lot)
        LedgerPosting.objects.filter(pk=entry.posting_id).update(account_id=entry.account_id)


class Migration(migrations.Migration):
    dependencies = [("refunds", "0004_ledger_lots")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
