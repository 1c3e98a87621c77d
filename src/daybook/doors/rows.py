"""Writing one row with a statement that is put together once.

Django builds each INSERT anew, which costs several times what the database needs for it. Saving an entry writes three rows
while the ledger's head is locked, so this is where time counts. Values pass through the model's own fields: a row is the
same however it was written.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model


def insert_row(model: type[Model], **columns: Any) -> None:
    """Insert one row: ``columns`` are the model's attributes (``record_id``, …), all but the number the database gives.

    Raises IntegrityError when the row cannot be there.
    """
    statement, fields = _insert_of(model, tuple(columns), connection.vendor)
    values = [field.get_db_prep_save(columns[name], connection) for name, field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@cache
def _insert_of(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[str, list[tuple[str, Any]]]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in names)
    places = ", ".join(["%s"] * len(names))
    table = quote(model._meta.db_table)
    # Only names of the model's own table and columns are put into the statement.
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
    return statement, [(name, fields[name]) for name in names]
