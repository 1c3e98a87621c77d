"""Which rows hang on an account, in whatever room: found by their keys, so that none is forgotten when a table is added."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model

from daybook.people.models import Account

AT_A_TIME = 500
_PATH = "__"


def tables_below_account() -> dict[type[Model], str]:
    """Every table whose rows belong to an account, with the path to it, those that others point to last."""
    paths = _paths()
    ordered: dict[type[Model], str] = {}

    def put(model: type[Model]) -> None:
        if model in ordered:
            return
        for other in paths:
            if other is not model and any(_points(field, model) for field in other._meta.concrete_fields):
                put(other)
        ordered[model] = paths[model]

    for model in paths:
        put(model)
    return ordered


def delete_rows_of(account: UUID, *, leave: Collection[type[Model]] = ()) -> int:
    """Delete every row that belongs to an account but those of the tables to ``leave``; returns how many.

    A few hundred at a time, each for good: what a crash leaves, the next call deletes. The account's own row stays.
    """
    deleted = 0
    for model, path in tables_below_account().items():
        if model in leave:
            continue
        for field in model._meta.concrete_fields:
            if _points(field, model) and field.null:
                model._default_manager.filter(**{path: account, f"{field.name}__isnull": False}).update(
                    **{field.name: None}
                )
        while keys := list(
            model._default_manager.filter(**{path: account}).values_list("pk", flat=True)[:AT_A_TIME]
        ):
            deleted += delete_alone(model, pk__in=keys)
    return deleted


def delete_alone(model: type[Model], **where: Any) -> int:
    """Delete rows and nothing that points to them: the database refuses where something does."""
    rows = model._default_manager.filter(**where)
    return rows._raw_delete(rows.db)


def keys_to(model: type[Model]) -> list["ForeignKey[Any, Any]"]:
    """Every key, of any table, that points to this one; those that Django hides because nobody looks back along them, too."""
    return [
        field
        for other in apps.get_models()
        for field in other._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is model
    ]


def _paths() -> dict[type[Model], str]:
    """The shortest path from each table to the account; one that cannot be empty before one that can."""
    paths: dict[type[Model], str] = {}
    reached: list[tuple[type[Model], str]] = [(Account, "")]
    while reached:
        further: list[tuple[type[Model], str]] = []
        for model, path in reached:
            for field in sorted(keys_to(model), key=lambda one: bool(one.null)):
                below = field.model
                if below is Account or below in paths:
                    continue
                paths[below] = f"{field.name}{_PATH}{path}" if path else field.name
                further.append((below, paths[below]))
        reached = further
    return paths


def _points(field: Any, model: type[Model]) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is model
