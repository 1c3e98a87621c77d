"""Questions and changes of one row, with statements that are put together once.

Django builds each statement anew, which costs several times what the database needs for it. Knowing a visit and saving an
entry ask for and write a handful of rows, the latter while the ledger's head is locked, so this is where time counts. Values
pass through the model's own fields both ways. Only names of the model's own table and columns are ever put into a statement.
"""

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, BooleanField, CharField, Field, ForeignKey, IntegerField, Model

_Place = tuple["Field[Any, Any]", bool]
_Prepared = tuple[str, list[_Place]]
_Reader = tuple[Any, list[Any]]

# Values of these types in columns of these go to each of our databases as they are: Django would look at them and no more.
_PLAIN_COLUMNS = (IntegerField, BinaryField, BooleanField, CharField)
_PLAIN_VALUES = frozenset({int, bytes, bool, str, type(None)})


def insert_row(model: type[Model], **columns: Any) -> None:
    """Insert one row: ``columns`` are the model's attributes (``record_id``, …), all but the number the database gives.

    Raises IntegrityError when the row cannot be there.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    _run(connection, _insert_of(model, tuple(columns), connection.vendor), list(columns.values()))


def read_row(model: type[Model], *wanted: str, lock: bool = False, **where: Any) -> tuple[Any, ...] | None:
    """The ``wanted`` columns of the row that ``where`` names; None where there is no such row.

    ``lock`` keeps other writers away from it until the transaction ends.
    """
    return next(iter(read_rows(model, *wanted, lock=lock, **where)), None)


def read_rows(model: type[Model], *wanted: str, lock: bool = False, **where: Any) -> list[tuple[Any, ...]]:
    """As `read_row`, for every such row."""
    connection = connections[DEFAULT_DB_ALIAS]
    lock = lock and connection.features.has_select_for_update
    (statement, fields), readers = _select_of(model, wanted, tuple(where), lock, connection.vendor)
    return _found(connection, statement, fields, list(where.values()), readers)


def read_related(model: type[Model], *wanted: str, **where: Any) -> list[tuple[Any, ...]]:
    """As `read_rows`, where ``wanted`` may also name columns of related rows, as Django names them (``account__sealed_name``):
    None where there is no such row, and a row for each where there are several. ``where`` names columns of bytes.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    names = tuple(sorted(where))
    (statement, fields), readers = _related_of(model, wanted, names, connection.vendor)
    return _found(connection, statement, fields, [where[name] for name in names], readers)


def update_row(model: type[Model], changes: dict[str, Any], **where: Any) -> int:
    """Change the rows that ``where`` names; returns how many there were."""
    connection = connections[DEFAULT_DB_ALIAS]
    statement = _update_of(model, tuple(changes), tuple(where), connection.vendor)
    return _run(connection, statement, [*changes.values(), *where.values()])


def _found(
    connection: BaseDatabaseWrapper,
    statement: str,
    fields: list[_Place],
    values: list[Any],
    readers: list[_Reader],
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _prepared(connection, fields, values))
        found = cursor.fetchall()
    return [
        tuple(
            [
                _read(connection, value, *reader) if reader[1] else value
                for value, reader in zip(row, readers, strict=True)
            ]
        )
        for row in found
    ]


def _run(connection: BaseDatabaseWrapper, prepared: _Prepared, values: list[Any]) -> int:
    statement, fields = prepared
    with connection.cursor() as cursor:
        cursor.execute(statement, _prepared(connection, fields, values))
        return int(cursor.rowcount)


def _prepared(connection: BaseDatabaseWrapper, fields: list[_Place], values: list[Any]) -> list[Any]:
    return [
        value if plain and type(value) in _PLAIN_VALUES else field.get_db_prep_save(value, connection)
        for (field, plain), value in zip(fields, values, strict=True)
    ]


@cache
def _insert_of(model: type[Model], names: tuple[str, ...], vendor: str) -> _Prepared:
    columns, fields = _columns(model, names)
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES ({places})", fields  # noqa: S608 – quoted names only


@cache
def _select_of(
    model: type[Model], wanted: tuple[str, ...], names: tuple[str, ...], lock: bool, vendor: str
) -> tuple[_Prepared, list[_Reader]]:
    connection = connections[DEFAULT_DB_ALIAS]
    columns, read = _columns(model, wanted)
    keys, fields = _columns(model, names)
    where = " AND ".join(f"{key} = %s" for key in keys)
    ending = " FOR UPDATE" if lock else ""
    readers = []
    for field, _ in read:
        column = field.get_col(model._meta.db_table)
        readers.append(
            (column, [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)])
        )
    statement = f"SELECT {', '.join(columns)} FROM {_table(model)} WHERE {where}{ending}"  # noqa: S608 – quoted names only
    return (statement, fields), readers


@cache
def _related_of(
    model: type[Model], wanted: tuple[str, ...], names: tuple[str, ...], vendor: str
) -> tuple[_Prepared, list[_Reader]]:
    _, fields = _columns(model, names)
    # The values are only there to be counted: others are put in their places each time.
    rows = model._default_manager.filter(**dict.fromkeys(names, b"")).values_list(*wanted)
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    statement, places = compiler.as_sql()
    if len(places) != len(names):
        raise ValueError("such rows cannot be asked for by these columns")
    columns = [column for column, *_ in compiler.select]
    converters = compiler.get_converters(columns)
    readers = [
        (column, converters[place][0] if place in converters else []) for place, column in enumerate(columns)
    ]
    return (statement, fields), readers


def _read(connection: BaseDatabaseWrapper, value: Any, column: Any, converters: list[Any]) -> Any:
    for convert in converters:
        value = convert(value, column, connection)
    return value


@cache
def _update_of(
    model: type[Model], changed: tuple[str, ...], names: tuple[str, ...], vendor: str
) -> _Prepared:
    columns, new = _columns(model, changed)
    keys, fields = _columns(model, names)
    changes = ", ".join(f"{column} = %s" for column in columns)
    where = " AND ".join(f"{key} = %s" for key in keys)
    return f"UPDATE {_table(model)} SET {changes} WHERE {where}", [*new, *fields]  # noqa: S608 – quoted names only


def _table(model: type[Model]) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(model._meta.db_table)


def _columns(model: type[Model], names: tuple[str, ...]) -> tuple[list[str], list[_Place]]:
    """Quoted names, and the field that prepares each value: a key's own is the one it points to."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    columns = [by_name[name] for name in names]
    fields = [column.target_field if isinstance(column, ForeignKey) else column for column in columns]
    return [quote(str(column.column)) for column in columns], [
        (field, isinstance(field, _PLAIN_COLUMNS)) for field in fields
    ]
