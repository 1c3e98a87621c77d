"""Vague times: when something happened, as well as the person knows it. Pure values, no clock."""

from .describe import HOME_ZONE, IsoColumns, describe, iso_columns
from .errors import InvalidTime
from .json_form import JsonValue, parse_when, to_json
from .kept import read_kept
from .moments import MOMENT_PATTERN, Moment
from .span import ABOUT_A_DAY, ABOUT_A_TIME, Bounds, bounds, overlaps, sort_key
from .when import About, Between, Day, Exact, Since, Unknown, When
from .written import lies_ahead, written_after
from .zones import came_twice, open_zone

__all__ = [
    "ABOUT_A_DAY",
    "ABOUT_A_TIME",
    "HOME_ZONE",
    "MOMENT_PATTERN",
    "About",
    "Between",
    "Bounds",
    "Day",
    "Exact",
    "InvalidTime",
    "IsoColumns",
    "JsonValue",
    "Moment",
    "Since",
    "Unknown",
    "When",
    "bounds",
    "came_twice",
    "describe",
    "iso_columns",
    "lies_ahead",
    "open_zone",
    "overlaps",
    "parse_when",
    "read_kept",
    "sort_key",
    "to_json",
    "written_after",
]
