"""Many rows made by the database out of one."""

from collections.abc import Mapping

from django.db import connection, models


def copy(model: type[models.Model], template: models.Model, source: str, changed: Mapping[str, str]) -> None:
    """A row for each of ``source``, like ``template`` but for the columns that are ``changed``."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = [field.column for field in fields]
    values = [changed.get(column, f"t.{column}") for column in columns]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} t, {source} "
            f"WHERE t.{template._meta.pk.column} = '{template.pk}'"
        )
