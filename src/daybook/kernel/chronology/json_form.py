"""Vague times as JSON: the shapes people and programs may write, and the one shape we keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from .errors import InvalidTime
from .moments import Moment, read_moment
from .when import CLOCK_TIME_NEEDED, About, Between, Day, Exact, Since, Unknown, When
from .zones import open_zone

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

# kind -> (the moments it needs, the moments it may have), in the shape we keep
_KEPT = {
    "exact": (("at",), ()),
    "about": (("at",), ()),
    "between": (("start", "end"), ()),
    "day": (("date",), ()),
    "since": (("start",), ("until",)),
    "unknown": ((), ()),
}
# the moments given -> (kind, their names in the shape we keep), in the shorter shapes people write
_SHORT: Mapping[frozenset[str], tuple[str, dict[str, str]]] = {
    frozenset({"about"}): ("about", {"about": "at"}),
    frozenset({"from", "to"}): ("between", {"from": "start", "to": "end"}),
    frozenset({"from"}): ("since", {"from": "start"}),
    frozenset({"since"}): ("since", {"since": "start"}),
    frozenset({"since", "until"}): ("since", {"since": "start", "until": "until"}),
    frozenset({"at"}): ("exact", {"at": "at"}),
    frozenset({"date"}): ("day", {"date": "date"}),
}
_HOW = (
    'Give a date, a date and time, or one of {"about": …}, {"from": …, "to": …}, {"since": …},'
    ' each with "zone" if it was not in your usual time zone.'
)


def parse_when(value: object, *, default_zone: str) -> When:
    """The vague time that parsed JSON stands for.

    Accepts an ISO date, an ISO date-time (local in `default_zone` when it has no offset), {"about": …},
    {"from": …, "to": …}, {"from": …}, {"since": …, "until": …}, {"at": …}, {"date": …}, each optionally with
    "zone", and the kept shape {"kind": …}. Raises InvalidTime, and nothing else, for all else.
    """
    if isinstance(value, str):
        open_zone(default_zone)
        moment = read_moment(value, default_zone)
        return Exact(moment, default_zone) if isinstance(moment, datetime) else Day(moment, default_zone)
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InvalidTime(f"We cannot read this time. {_HOW}")
    kind, names = _shape_of(value)
    zone = value.get("zone", default_zone)
    open_zone(zone)
    moments: dict[str, Moment] = {}
    for given, kept in names.items():
        try:
            moments[kept] = read_moment(value[given], zone)
        except InvalidTime as error:
            raise InvalidTime(error.words, f"/{given}") from error
    try:
        return _build(kind, moments, zone)
    except InvalidTime as error:
        named_as_given = {f"/{kept}": f"/{given}" for given, kept in names.items()}
        raise InvalidTime(error.words, named_as_given.get(error.pointer, error.pointer)) from error


def to_json(when: When) -> dict[str, JsonValue]:
    """The one shape we keep and commit to. `read_kept` reads it back."""
    match when:
        case Exact(at, zone):
            return {"kind": "exact", "at": at.isoformat(), "zone": zone}
        case About(at, zone):
            return {"kind": "about", "at": at.isoformat(), "zone": zone}
        case Between(start, end, zone):
            return {"kind": "between", "start": start.isoformat(), "end": end.isoformat(), "zone": zone}
        case Day(date, zone):
            return {"kind": "day", "date": date.isoformat(), "zone": zone}
        case Since(start, zone, until):
            ended: dict[str, JsonValue] = {} if until is None else {"until": until.isoformat()}
            return {"kind": "since", "start": start.isoformat(), "zone": zone, **ended}
        case Unknown():
            return {"kind": "unknown"}


def _shape_of(value: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """Which kind of time an object is, and which of its keys give which moments of the kept shape."""
    keys = frozenset(value) - {"zone"}
    if "kind" not in keys:
        shape = _SHORT.get(keys)
        if shape is None:
            raise InvalidTime(f"We cannot read this time. {_HOW}")
        return shape
    kind = value["kind"]
    if not isinstance(kind, str) or kind not in _KEPT:
        raise InvalidTime(f"Use one of these kinds of time: {', '.join(_KEPT)}.", "/kind")
    needed, allowed = _KEPT[kind]
    given = keys - {"kind"}
    if missing := set(needed) - given:
        raise InvalidTime(f'This kind of time needs "{min(missing)}" too.')
    if extra := given - set(needed) - set(allowed) or ({"zone"} & set(value) if kind == "unknown" else set()):
        raise InvalidTime(f'This kind of time has no "{min(extra)[:40]}". Take it out.')
    return kind, {name: name for name in (*needed, *allowed) if name in given}


def _build(kind: str, moments: Mapping[str, Moment], zone: str) -> When:
    match kind:
        case "exact":
            at = moments["at"]
            if not isinstance(at, datetime):
                raise InvalidTime(CLOCK_TIME_NEEDED, "/at")
            return Exact(at, zone)
        case "about":
            return About(moments["at"], zone)
        case "between":
            return Between(moments["start"], moments["end"], zone)
        case "day":
            return Day(moments["date"], zone)
        case "since":
            return Since(moments["start"], zone, moments.get("until"))
        case _:
            return Unknown()
