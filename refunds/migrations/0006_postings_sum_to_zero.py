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
    dependencies = [("refunds", "0005_fill_ledger_lots")]
    operations = [migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP))]
