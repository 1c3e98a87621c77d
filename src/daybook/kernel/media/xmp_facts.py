"""What an XMP packet says about a file, and which of it can be believed."""

import re
from collections.abc import Mapping
from typing import Final

from daybook.kernel.media.reading import Doubt, Reading, visible
from daybook.kernel.media.xmp import MOST_STEPS

_TOOL: Final = 100
_ACTION: Final = 40
_DEGREES: Final = re.compile(
    r"(\d{1,3}),(\d{1,2})(?:,(\d{1,2})|(\.\d{1,10}))?([NSEW])", re.ASCII
)  # ISO 16684-1, GPSCoordinate
_REFUSED: Final = {
    "too large": "What an editing program wrote about this file is longer than Daybook reads.",
    "entities": "What an editing program wrote about this file is built in a way that can do harm, and was not read.",
    "damaged": "Part of what an editing program wrote about this file is damaged.",
}


def judge_xmp(raw: object) -> tuple[dict[str, object], tuple[Doubt, ...]]:
    """Turn what `xmp.parse_xmp` found into what is kept, small enough to commit to, and doubts.

    Returns:
        Any of `taken_at`, `created_at`, `modified_at` (ISO 8601 as written, with the zone where one is written),
        `tool`, `make`, `model`, `latitude`, `longitude` (degrees), `source_type` (the last part of the IPTC code),
        `elsewhere` (true where credentials are said to lie at an address), `history`, `steps`.
    """
    if not isinstance(raw, Mapping):
        return {}, ()
    reading = Reading(raw)
    said: dict[str, object] = {}
    for name in ("taken_at", "created_at", "modified_at"):
        # A day alone is common here, and is no doubt: it says less, not something wrong.
        if re.fullmatch(r"\d{4}(-\d\d){0,2}", reading.text(name)):
            continue
        if found := reading.moment(name):
            said[name] = f"{found[0].isoformat()}{found[1]}"
    for name in ("tool", "make", "model"):
        if text := reading.text(name, _TOOL):
            said[name] = text
    if kind := reading.text("source_type").rpartition("/")[2][:_ACTION]:
        said["source_type"] = kind
    if isinstance(raw.get("elsewhere"), str):
        said["elsewhere"] = True
    _place(reading, said)
    _history(reading, said)
    refused = raw.get("refused")
    if isinstance(refused, str):
        reading.doubt("xmp", "", _REFUSED.get(refused, _REFUSED["damaged"]))
    return said, tuple(Doubt(f"xmp {one.field}", one.written, one.why) for one in reading.doubts)


def _place(reading: Reading, said: dict[str, object]) -> None:
    written = reading.text("latitude"), reading.text("longitude")
    if not any(written):
        return
    place = reading.position(_degrees(written[0], "NS"), _degrees(written[1], "EW"))
    if place is not None:
        said["latitude"], said["longitude"] = place


def _degrees(written: str, sides: str) -> float | None:
    found = _DEGREES.fullmatch(written)
    if found is None or found[5] not in sides or int(found[2]) > 59:
        return None
    value = int(found[1]) + (int(found[2]) + float(found[4] or 0)) / 60 + int(found[3] or 0) / 3600
    return -value if found[5] in "SW" else value


def _history(reading: Reading, said: dict[str, object]) -> None:
    steps = reading.raw.get("history")
    if not isinstance(steps, list):
        return
    kept = []
    for step in steps[-MOST_STEPS:]:
        if not isinstance(step, Mapping):
            continue
        one = Reading(step)
        moment = one.moment("at")
        fields = {
            "action": one.text("action", _ACTION),
            "at": f"{moment[0].isoformat()}{moment[1]}" if moment else "",
            "tool": one.text("tool", _TOOL),
        }
        reading.doubts += [Doubt("history", doubt.written, doubt.why) for doubt in one.doubts]
        if fields := {name: visible(text) for name, text in fields.items() if text}:
            kept.append(fields)
    if kept:
        said["history"] = kept
        count = reading.raw.get("steps")
        if isinstance(count, int) and not isinstance(count, bool) and len(kept) < count < 1_000_000:
            said["steps"] = count
