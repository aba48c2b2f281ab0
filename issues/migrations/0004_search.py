"""What the search looks through, on PostgreSQL: word forms (tsvector) and parts of words (trigrams)."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

# fastupdate off: a search never has to read a pending list that nobody has merged yet.
FORWARDS = [
    """
    ALTER TABLE issues_searchentry
    ADD COLUMN vector tsvector GENERATED ALWAYS AS (to_tsvector('english', text)) STORED
    """,
    "CREATE INDEX search_entry_forms ON issues_searchentry USING gin (vector) WITH (fastupdate = off)",
    """
    CREATE INDEX search_entry_parts ON issues_searchentry
    USING gin (upper(text) gin_trgm_ops) WITH (fastupdate = off)
    """,
]
BACKWARDS = [
    "DROP INDEX search_entry_parts",
    "DROP INDEX search_entry_forms",
    "ALTER TABLE issues_searchentry DROP COLUMN vector",
]


def run_on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    replaces = [("issues", "0003_search")]
    dependencies = [("issues", "0003_approvals_and_money")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(run_on_postgresql(FORWARDS), run_on_postgresql(BACKWARDS)),
    ]
