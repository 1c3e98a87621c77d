"""What was kept is read to the letter, whatever becomes of the rules of time zones."""

from __future__ import annotations

import pytest

from daybook.kernel.chronology import InvalidTime, parse_when, read_kept, to_json

# As if kept under rules that have changed since: London does not have this offset on that day.
UNDER_OLD_RULES = {"kind": "exact", "at": "2026-07-01T12:00:00+02:00", "zone": "Europe/London"}


def test_a_kept_offset_stays_when_the_rules_of_its_zone_have_changed() -> None:
    assert to_json(read_kept(UNDER_OLD_RULES)) == UNDER_OLD_RULES
    assert to_json(parse_when(UNDER_OLD_RULES, default_zone="UTC")) != UNDER_OLD_RULES


@pytest.mark.parametrize(
    "kept",
    [
        {"kind": "day", "date": "2011-12-30", "zone": "Pacific/Apia"},
        {"kind": "day", "date": "2101-01-01", "zone": "Mars/Olympus"},
        {"kind": "between", "start": "2026-11-04", "end": "2026-11-03", "zone": "UTC"},
    ],
)
def test_what_was_once_kept_is_not_refused_later(kept: dict[str, str]) -> None:
    assert to_json(read_kept(kept)) == kept


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "2026-11-03",
        {},
        {"kind": "never"},
        {"kind": "day"},
        {"kind": "day", "date": 3, "zone": "UTC"},
        {"kind": "exact", "at": "soon", "zone": "UTC"},
        {"about": "2026-11-03"},
    ],
)
def test_what_was_never_kept_is_refused(kept: object) -> None:
    with pytest.raises(InvalidTime):
        read_kept(kept)
