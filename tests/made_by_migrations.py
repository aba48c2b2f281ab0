"""The rows that the migrations made, kept beside their tables in the tests' database.

A test with transactions of its own empties all tables when it ends, and then they are given back. Django's way takes
longer than most of those tests: on PostgreSQL it makes the files of every table anew, and it writes the rows as text
and saves each.
"""

from django.db import connection, transaction

KEPT = "kept_by_the_tests_"


def keep() -> None:
    """Once, when the database is made."""
    for table in _tables():
        _execute(f'CREATE TABLE "{KEPT}{table}" AS SELECT * FROM "{table}"')


def use_kept() -> None:
    """In each process, from then on."""
    connection._test_serialized_contents = "[]"  # Django has nothing to save anew
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = _delete_all


def _delete_all(style, tables, **options) -> list[str]:
    """In any order, for they are all deleted in one transaction."""
    return [f'DELETE FROM "{table}"' for table in tables]


@transaction.atomic
def give_back() -> None:
    """To the tables that are empty, in any order: foreign keys are looked at when the transaction ends."""
    for kept in _kept():
        table = kept.removeprefix(KEPT)
        _execute(f'INSERT INTO "{table}" SELECT * FROM "{kept}" WHERE NOT EXISTS (SELECT 1 FROM "{table}")')


def _tables() -> list[str]:
    """Those that have any rows."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [name for name in names if _execute(f'SELECT 1 FROM "{name}" LIMIT 1')]


def _kept() -> list[str]:
    return [name for name in connection.introspection.table_names() if name.startswith(KEPT)]


def _execute(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
