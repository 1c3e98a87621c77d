"""How long after the event an entry was written (fact RU24)."""

from __future__ import annotations

from datetime import datetime

import pytest

from daybook.kernel.chronology import lies_ahead, parse_when, written_after

LONDON = "Europe/London"
RANGE = {"from": "2026-11-03T20:00", "to": "2026-11-03T22:00"}
DAYS = {"from": "2026-11-01", "to": "2026-11-03"}


@pytest.mark.parametrize(
    ("given", "written", "words"),
    [
        ("2026-11-03T21:15", "2026-11-03T21:15:59+00:00", "written less than a minute after"),
        ("2026-11-03T21:15", "2026-11-03T21:16+00:00", "written 1 minute after"),
        ("2026-11-03T21:15", "2026-11-03T21:27+00:00", "written 12 minutes after"),
        ("2026-11-03T21:15", "2026-11-03T22:15+00:00", "written 1 hour after"),
        ("2026-11-03T21:15", "2026-11-04T00:16+00:00", "written 3 hours 1 minute after"),
        ("2026-11-03T21:15", "2026-11-04T21:14+00:00", "written 23 hours 59 minutes after"),
        ("2026-11-03T21:15", "2026-11-04T21:15+00:00", "written 1 day after"),
        ("2026-11-03T21:15", "2026-11-06T08:00+00:00", "written 3 days after"),
        ("2026-10-25T00:00", "2026-10-25T23:30+00:00", "written 1 day after"),
        ("2026-10-25T01:30+01:00", "2026-10-25T01:30+00:00", "written 1 hour after"),
        ("2026-11-03T21:15", "2026-11-03T21:10+00:00", "written 5 minutes before the time given"),
        ("2026-11-03", "2026-11-03T00:00+00:00", "written the same day"),
        ("2026-11-03", "2026-11-03T23:59+00:00", "written the same day"),
        ("2026-11-03", "2026-11-04T00:01+00:00", "written 1 day after"),
        ("2026-11-03", "2026-11-06T00:01+00:00", "written 3 days after"),
        ("2026-11-03", "2026-11-01T00:01+00:00", "written 2 days before the date given"),
        ("2026-07-03", "2026-07-03T23:30+00:00", "written 1 day after"),
        ({"date": "2026-11-04", "zone": "Asia/Tokyo"}, "2026-11-03T20:00+00:00", "written the same day"),
        ({"about": "2026-11-03T21:15"}, "2026-11-03T21:30+00:00", "written at about the same time"),
        ({"about": "2026-11-03T21:15"}, "2026-11-03T20:50+00:00", "written at about the same time"),
        ({"about": "2026-11-03T21:15"}, "2026-11-03T22:00+00:00", "written about 45 minutes after"),
        (
            {"about": "2026-11-03T21:15"},
            "2026-11-03T20:15+00:00",
            "written about 1 hour before the time given",
        ),
        ({"about": "2026-11-03"}, "2026-11-04T20:15+00:00", "written at about the same time"),
        ({"about": "2026-11-03"}, "2026-11-09T20:15+00:00", "written about 6 days after"),
        (RANGE, "2026-11-03T21:00+00:00", "written during"),
        (RANGE, "2026-11-03T22:12+00:00", "written between 12 minutes and 2 hours 12 minutes after"),
        (RANGE, "2026-11-06T22:12+00:00", "written 3 days after"),
        (RANGE, "2026-11-03T19:55+00:00", "written 5 minutes before the time given"),
        (DAYS, "2026-11-03T23:00+00:00", "written during"),
        (DAYS, "2026-11-05T23:00+00:00", "written between 2 days and 4 days after"),
        (DAYS, "2026-10-31T23:00+00:00", "written 1 day before the date given"),
        ({"since": "2026-09-01"}, "2026-11-05T23:00+00:00", "written during"),
        ({"since": "2026-09-01", "until": "2026-11-03"}, "2026-11-03T12:00+00:00", "written during"),
        (
            {"since": "2026-09-01", "until": "2026-11-03"},
            "2026-11-05T23:00+00:00",
            "written 2 days after it ended",
        ),
        ({"since": "2026-09-01"}, "2026-08-30T12:00+00:00", "written 2 days before the date given"),
        ({"kind": "unknown"}, "2026-11-05T23:00+00:00", "time of event not known"),
    ],
)
def test_the_wait_is_told_in_words(given: object, written: str, words: str) -> None:
    when = parse_when(given, default_zone=LONDON)

    assert written_after(when, datetime.fromisoformat(written)) == words


@pytest.mark.parametrize(
    ("given", "ahead"),
    [
        ("2026-11-03T21:15", True),
        ("2026-11-03T21:10", False),
        ("2026-11-03", False),
        ("2026-11-04", True),
        ({"about": "2026-11-03T21:15"}, False),
        ({"from": "2026-11-03T20:00", "to": "2026-11-04"}, False),
        ({"since": "2026-12-01"}, True),
        ({"kind": "unknown"}, False),
    ],
)
def test_a_time_later_than_the_writing_is_flagged(given: object, ahead: bool) -> None:
    when = parse_when(given, default_zone=LONDON)

    assert lies_ahead(when, datetime.fromisoformat("2026-11-03T21:10+00:00")) is ahead
