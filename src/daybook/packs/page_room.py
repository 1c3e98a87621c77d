"""How much room the parts of a printed chronology take, to tell what can be kept on one page."""

from __future__ import annotations

from typing import Any

from daybook.packs.lettering import bare

JSON = Any
_WHOLE_MM = 170.0
"""An incident that needs less than about this is kept on one page (a page holds 249 mm)."""


def incident_is_short(incident: JSON) -> bool:
    """Whether a laid-out incident surely fits on one page."""
    return _height(incident) < _WHOLE_MM


def amendment_is_short(amendment: JSON) -> bool:
    """Whether a laid-out amendment takes less than half of what an incident on one page may."""
    return 5.0 * _amendment_lines(amendment) < _WHOLE_MM / 2


def _height(incident: JSON) -> float:
    """About how much of a page an incident takes, in millimetres; rather too much than too little."""
    facts = sum(_lines(lines, 60) for _, lines, _ in incident["facts"])
    changes = sum(_amendment_lines(change) for change in incident["amendments"])
    pictures = sum("file" in one for one in incident["exhibits"])
    names = sum(_lines([one["name"]], 25) for one in incident["exhibits"])
    return (
        25.0
        + 6.0 * _lines(incident["words"], 85)
        + 5.0 * (facts + changes + names)
        + 55.0 * -(-pictures // 3)
    )


def _amendment_lines(change: JSON) -> int:
    return 2 + _lines(change["reason"], 60) + sum(_lines(lines, 60) for _, lines in change["before"])


def _lines(lines: list[JSON], letters: int) -> int:
    """How many lines of so many letters a text fills; letters outside Latin count twice."""
    return sum(1 + sum(1 + (char > "\u024f") for char in bare(line)) // letters for line in lines)
