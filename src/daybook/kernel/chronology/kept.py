"""Reading a vague time back exactly as it was kept.

Not by `parse_when`: time zone rules change, and a kept time would then come out with another offset than
the one its commitment was made of, or be refused. What was sealed is read to the letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from .errors import InvalidTime
from .moments import Moment
from .when import About, Between, Day, Exact, Since, Unknown, When

T = TypeVar("T", Exact, About, Between, Day, Since)


def read_kept(value: object) -> When:
    """The time whose `to_json` this is, unchanged. Only for what we wrote ourselves and know to be unaltered.

    Nothing is checked against the calendar. Raises InvalidTime for what `to_json` never writes.
    """
    if not isinstance(value, Mapping):
        raise InvalidTime("This is not a time as Daybook keeps it.")
    try:
        return _read(value)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidTime("This is not a time as Daybook keeps it.") from error


def _read(value: Mapping[str, Any]) -> When:
    match value["kind"]:
        case "exact":
            return _as_kept(Exact, at=datetime.fromisoformat(value["at"]), zone=value["zone"])
        case "about":
            return _as_kept(About, at=_moment(value["at"]), zone=value["zone"])
        case "between":
            start, end = _moment(value["start"]), _moment(value["end"])
            return _as_kept(Between, start=start, end=end, zone=value["zone"])
        case "day":
            return _as_kept(Day, date=date.fromisoformat(value["date"]), zone=value["zone"])
        case "since":
            until = _moment(value["until"]) if "until" in value else None
            return _as_kept(Since, start=_moment(value["start"]), zone=value["zone"], until=until)
        case "unknown":
            return Unknown()
        case _:
            raise InvalidTime("This is not a time as Daybook keeps it.")


def _moment(text: str) -> Moment:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def _as_kept(kind: type[T], **fields: Moment | str | None) -> T:
    """A value with these fields as they are, past the checks of its constructor."""
    when = object.__new__(kind)
    for name, field in fields.items():
        object.__setattr__(when, name, field)
    return when
