"""Times in words, and in the columns of a table."""

from __future__ import annotations

import pytest

from daybook.kernel.chronology import describe, iso_columns, parse_when

LONDON = "Europe/London"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("2026-11-03T21:15", "9:15pm on Tuesday 3 November 2026 (UK time)"),
        ("2026-11-03T09:00", "9am on Tuesday 3 November 2026 (UK time)"),
        ("2026-11-03T00:30:05", "12:30:05am on Tuesday 3 November 2026 (UK time)"),
        ("2026-11-03T12:00", "midday on Tuesday 3 November 2026 (UK time)"),
        ("2026-11-03T00:00", "midnight at the start of Tuesday 3 November 2026 (UK time)"),
        ({"about": "2026-11-03T21:15"}, "about 9:15pm on Tuesday 3 November 2026 (UK time)"),
        ({"about": "2026-11-03"}, "about Tuesday 3 November 2026"),
        ("2026-11-03", "Tuesday 3 November 2026"),
        ({"date": "2026-11-03", "zone": "Asia/Tokyo"}, "Tuesday 3 November 2026 (Tokyo time)"),
        (
            {"from": "2026-11-03T21:00", "to": "2026-11-03T23:30"},
            "between 9pm and 11:30pm on Tuesday 3 November 2026 (UK time)",
        ),
        (
            {"from": "2026-11-03T23:00", "to": "2026-11-04T00:00"},
            (
                "between 11pm on Tuesday 3 November 2026"
                " and midnight at the start of Wednesday 4 November 2026 (UK time)"
            ),
        ),
        (
            {"from": "2026-11-02", "to": "2026-11-03"},
            "between Monday 2 November 2026 and Tuesday 3 November 2026",
        ),
        ({"since": "2026-09-01"}, "since Tuesday 1 September 2026"),
        (
            {"since": "2026-09-01", "until": "2026-09-02T08:00"},
            "since Tuesday 1 September 2026 until 8am on Wednesday 2 September 2026 (UK time)",
        ),
        ({"kind": "unknown"}, "time not known"),
        (
            "2026-10-25T01:30",
            (
                "1:30am on Sunday 25 October 2026"
                " (UK time, the first 1:30am, before the clocks went back: UTC+1)"
            ),
        ),
        (
            "2026-10-25T01:30Z",
            "1:30am on Sunday 25 October 2026 (UK time, the second 1:30am, after the clocks went back: UTC)",
        ),
        (
            {"at": "2026-11-03T21:15", "zone": "America/Argentina/Buenos_Aires"},
            "9:15pm on Tuesday 3 November 2026 (Buenos Aires time)",
        ),
        ({"at": "2026-11-03T21:15", "zone": "Etc/GMT+5"}, "9:15pm on Tuesday 3 November 2026 (UTC-5)"),
        ({"at": "2026-11-03T21:15", "zone": "UTC"}, "9:15pm on Tuesday 3 November 2026 (UTC)"),
        (
            {"at": "2026-04-05T01:45:00+10:30", "zone": "Australia/Lord_Howe"},
            (
                "1:45am on Sunday 5 April 2026"
                " (Lord Howe time, the second 1:45am, after the clocks went back: UTC+10:30)"
            ),
        ),
    ],
)
def test_a_time_is_told_in_plain_english(given: object, words: str) -> None:
    assert describe(parse_when(given, default_zone=LONDON)) == words


def test_a_day_elsewhere_names_no_zone_for_a_person_who_lives_there() -> None:
    day = parse_when("2026-11-03", default_zone="Asia/Tokyo")

    assert describe(day, home_zone="Asia/Tokyo") == "Tuesday 3 November 2026"


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        ("2026-11-03T21:15", ("exact", "2026-11-03T21:15:00+00:00", "", LONDON)),
        ({"about": "2026-11-03"}, ("about", "2026-11-03", "", LONDON)),
        (
            {"from": "2026-11-03", "to": "2026-11-04T05:00"},
            ("between", "2026-11-03", "2026-11-04T05:00:00+00:00", LONDON),
        ),
        ("2026-11-03", ("day", "2026-11-03", "", LONDON)),
        ({"since": "2026-11-03"}, ("since", "2026-11-03", "", LONDON)),
        ({"since": "2026-11-03", "until": "2026-11-04"}, ("since", "2026-11-03", "2026-11-04", LONDON)),
        ({"kind": "unknown"}, ("unknown", "", "", "")),
    ],
)
def test_a_time_fills_the_columns_of_a_table(given: object, columns: tuple[str, str, str, str]) -> None:
    assert iso_columns(parse_when(given, default_zone=LONDON)) == columns
