"""PostgreSQL itself refuses a posting whose entries do not sum to zero in each currency."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refunds_posting_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.posting_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.posting_id; END IF;
    IF EXISTS (
        SELECT 1 FROM refunds_ledgerentry entry JOIN refunds_ledgeraccount account ON account.id = entry.account_id
        WHERE entry.posting_id = ANY (touched)
        GROUP BY entry.posting_id, account.currency HAVING sum(entry.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'posting_sums_to_zero' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_sums_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_sums_to_zero AFTER INSERT OR UPDATE OR DELETE ON refunds_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refunds_posting_sums_to_zero();
"""
DROP = """
DROP TRIGGER posting_sums_to_zero ON refunds_ledgerentry;
DROP FUNCTION refunds_posting_sums_to_zero();
"""


def on_postgresql(statements: str):
    def run(apps, schema_editor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements)

    return run


class Migration(migrations.Migration):
    replaces = [
        ("refunds", "0002_ledger_accounts"),
        ("refunds", "0003_claims"),
        ("refunds", "0004_ledger_lots"),
        ("refunds", "0005_fill_ledger_lots"),
        ("refunds", "0006_postings_sum_to_zero"),
        ("refunds", "0007_credit_in_place_of_money"),
        ("refunds", "0008_claims_and_credit_are_seen_by_all"),
        ("refunds", "0009_reconciliation"),
        ("refunds", "0010_reconciliation_is_seen_by_managers"),
        ("refunds", "0011_provider_events"),
        ("refunds", "0012_external_refunds_are_seen_by_all"),
        ("refunds", "0013_payouts_to_make"),
        ("refunds", "0014_events_name_both"),
        ("refunds", "0015_attempts_by_reference"),
        ("refunds", "0016_due_in_the_order_of_taking"),
        ("refunds", "0017_reports"),
    ]
    dependencies = [("refunds", "0001_initial")]
    operations = [migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP))]
