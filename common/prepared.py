"""Queries that are written with the ORM, compiled once, and then only executed.

Compiling a joined select costs a millisecond of Python and an insert half of one, more than the database needs to
answer it. The few reads that stand in the way of every request are therefore prepared, and so is the SQL of
``save``: same models, same rows, no SQL by hand.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery


class Parameter(Expression):
    """Stands in a prepared query for a value that is known when it is executed."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection) -> tuple[str, Any]:
        return "%s", [self]


class Prepared:
    """``fetch(**values)`` gives the rows of the queryset that ``build`` makes, with its parameters filled in.

    The rows are model instances with their joined relations, or tuples for a ``values_list``. A query that locks
    rows must be fetched inside a transaction.
    """

    def __init__(self, build: Callable[[], QuerySet]) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def fetch(self, **values: Any) -> list[Any]:
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = _Plan.of(self._build())
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [_filled_in(parameter, values) for parameter in plan.parameters])
            rows = cursor.fetchall()
        return list(plan.results(rows))

    def first(self, **values: Any) -> Any | None:
        return next(iter(self.fetch(**values)), None)


SLOTS = 8


def slots(name: str, output_field: Field) -> list[Any]:
    """For ``column__in=slots(…)``: places for as many values as ``fetch_for_each`` asks for at once."""
    return [Parameter(f"{name}{number}", output_field) for number in range(SLOTS)]


def fetch_for_each(prepared: Prepared, name: str, wanted: Iterable[Any], **others: Any) -> Iterator[Any]:
    """The rows for all that are ``wanted``, in groups; in a group that is not full the last one stands again."""
    wanted = list(wanted)
    for start in range(0, len(wanted), SLOTS):
        group = wanted[start : start + SLOTS]
        named = {f"{name}{number}": group[min(number, len(group) - 1)] for number in range(SLOTS)}
        yield from prepared.fetch(**named, **others)


@dataclass(frozen=True)
class _Plan:
    sql: str
    parameters: Sequence[Any]
    converters: dict[int, tuple[list[Callable], Expression]]
    make: Callable[[Sequence[Any]], Any]

    @classmethod
    def of(cls, queryset: QuerySet) -> "_Plan":
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        return cls(
            sql=sql,
            parameters=parameters,
            converters=compiler.get_converters([column for column, *_ in compiler.select]),
            make=tuple if _gives_tuples(queryset) else _instance_maker(compiler),
        )

    def results(self, rows: Sequence[Sequence[Any]]) -> Iterator[Any]:
        for row in rows:
            values = list(row)
            for position, (converters, expression) in self.converters.items():
                for convert in converters:
                    values[position] = convert(values[position], expression, connection)
            yield self.make(values)


def _filled_in(parameter: Any, values: dict[str, Any]) -> Any:
    if not isinstance(parameter, Parameter):
        return parameter
    return parameter.output_field.get_db_prep_value(values[parameter.name], connection)


def _gives_tuples(queryset: Any) -> bool:
    return queryset._fields is not None


def _instance_maker(compiler) -> Callable[[Sequence[Any]], Any]:
    """What Django's own ``ModelIterable`` does with a row."""
    info, select = compiler.klass_info, compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:last]]
    annotated = compiler.annotation_col_map.items()
    populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # Django 6 has more

    def make(values: Sequence[Any]) -> Any:
        instance = info["model"].from_db(connection.alias, names, values[first:last])
        for populator in populators:
            populator.populate(values, instance)
        for name, position in annotated:
            setattr(instance, name, values[position])
        return instance

    return make


class PreparedWrites(Model):
    """A model whose ``save`` compiles its INSERT and its UPDATEs once for each set of columns."""

    class Meta:
        abstract = True

    # The stubs know Django 6, where ``_do_update`` takes and gives more, and not ``_do_insert``.
    def _do_insert(self, manager, using, fields, returning_fields, raw):
        if raw or using != DEFAULT_DB_ALIAS:
            return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
        sql, returning = _insert_of(connection.vendor, type(self), tuple(fields), tuple(returning_fields))
        with connection.cursor() as cursor:
            cursor.execute(sql, [_saved(field, field.pre_save(self, add=True)) for field in fields])
            operations: Any = connection.ops
            return [operations.fetch_returned_insert_columns(cursor, returning)] if returning_fields else []

    def _do_update(self, base_qs, using, pk_val, values, update_fields, forced_update):  # type: ignore[override]
        if not values or not forced_update or using != DEFAULT_DB_ALIAS:
            return super()._do_update(  # type: ignore[call-arg]
                base_qs, using, pk_val, values, update_fields, forced_update
            )
        sql = _update_of(connection.vendor, type(self), tuple(field for field, _, _ in values))
        with connection.cursor() as cursor:
            key = self._meta.pk.get_db_prep_value(pk_val, connection)
            cursor.execute(sql, [*(_saved(field, value) for field, _, value in values), key])
            return cursor.rowcount > 0


MOST_ROWS = 12


def insert_all(rows: Iterable[Model], *, ignore_conflicts: bool = False) -> None:
    """``bulk_create`` of rows of one model, compiled once for each number of them up to ``MOST_ROWS``.

    As there, keys that the database gives are on the rows afterwards, unless conflicts are ignored.
    """
    rows = list(rows)
    if not rows:
        return
    model = type(rows[0])
    if len(rows) > MOST_ROWS:
        model._base_manager.bulk_create(rows, ignore_conflicts=ignore_conflicts)
        return
    key = model._meta.auto_field
    fields = tuple(field for field in model._meta.concrete_fields if field is not key)
    returning = () if ignore_conflicts else tuple(model._meta.db_returning_fields)
    sql, _ = _insert_of(connection.vendor, model, fields, returning, count=len(rows), ignore_conflicts=ignore_conflicts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_saved(field, field.pre_save(row, add=True)) for row in rows for field in fields])
        given = cursor.fetchall() if returning else [()] * len(rows)
    for row, values in zip(rows, given, strict=True):
        row._state.adding, row._state.db = False, connection.alias
        for field, value in zip(returning, values, strict=True):
            setattr(row, field.attname, value)


def _saved(field: Field, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


@cache
def _insert_of(
    vendor: str,
    model: type[Model],
    fields: tuple[Field, ...],
    returning: tuple[Field, ...],
    *,
    count: int = 1,
    ignore_conflicts: bool = False,
) -> Any:
    row = model(**{field.attname: Parameter(field.attname, field) for field in fields})
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(fields, [row] * count, raw=True)
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = returning
    [(sql, _)] = compiler.as_sql()
    return sql, compiler.returning_params


@cache
def _update_of(vendor: str, model: type[Model], fields: tuple[Field, ...]) -> str:
    query: Any = model._base_manager.filter(pk=Parameter("pk", model._meta.pk)).query.chain(UpdateQuery)
    query.add_update_fields([(field, None, Parameter(field.attname, field)) for field in fields])
    sql, _ = query.get_compiler(connection=connection).as_sql()
    return sql
