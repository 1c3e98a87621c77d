"""A row may point at rows of its own room or of a room below, and the room below never learns of it."""

from typing import Any

from django.apps import apps
from django.db.models import Field, Model

from tests.architecture.source import rooms_from_the_top


def _room(model: type[Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "daybook" else None


def _pointers() -> list[tuple[type[Model], "Field[Any, Any]", type[Model]]]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if _room(model) and field.related_model and isinstance(field.related_model, type):
                found.append((model, field, field.related_model))
    return found


def test_there_are_rows_that_point_at_others() -> None:
    assert len(_pointers()) > 3


def test_rows_point_at_their_own_room_or_below() -> None:
    order = rooms_from_the_top()
    upward = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model, field, target in _pointers()
        if (room := _room(target)) and order.index(room) < order.index(_room(model) or "")
    ]
    assert upward == []


def test_a_pointer_to_another_room_leaves_no_name_there() -> None:
    named = [
        f"{model._meta.label}.{field.name}"
        for model, field, target in _pointers()
        if _room(target) != _room(model) and field.remote_field and not field.remote_field.hidden
    ]
    assert named == []
