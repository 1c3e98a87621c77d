"""The shapes a time may be written in, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from daybook.kernel.chronology import (
    About,
    Between,
    Day,
    Exact,
    InvalidTime,
    Since,
    Unknown,
    When,
    came_twice,
    parse_when,
)

LONDON = "Europe/London"
NINE_PM = datetime(2026, 11, 3, 21, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-11-03", Day(date(2026, 11, 3), LONDON)),
        ("2024-02-29", Day(date(2024, 2, 29), LONDON)),
        ("2026-11-03T21:15", Exact(NINE_PM, LONDON)),
        ("2026-11-03 21:15:00.000", Exact(NINE_PM, LONDON)),
        ("2026-11-03T22:15:00+01:00", Exact(NINE_PM, LONDON)),
        ("2026-11-03T22:15+0100", Exact(NINE_PM, LONDON)),
        ("2026-11-03T21:15Z", Exact(NINE_PM, LONDON)),
        ({"at": "2026-11-03T22:15", "zone": "Europe/Paris"}, Exact(NINE_PM, "Europe/Paris")),
        ({"date": "2026-11-03", "zone": "Asia/Tokyo"}, Day(date(2026, 11, 3), "Asia/Tokyo")),
        ({"about": "2026-11-03T21:15"}, About(NINE_PM, LONDON)),
        ({"about": "2026-11-03"}, About(date(2026, 11, 3), LONDON)),
        (
            {"from": "2026-11-03T21:15", "to": "2026-11-04"},
            Between(NINE_PM, date(2026, 11, 4), LONDON),
        ),
        ({"from": "2026-11-03T21:15", "to": "2026-11-03"}, Between(NINE_PM, date(2026, 11, 3), LONDON)),
        ({"from": "2026-11-03"}, Since(date(2026, 11, 3), LONDON)),
        ({"since": "2026-11-03T21:15"}, Since(NINE_PM, LONDON)),
        ({"since": "2026-11-03", "until": "2026-11-05"}, Since(date(2026, 11, 3), LONDON, date(2026, 11, 5))),
        ({"kind": "unknown"}, Unknown()),
    ],
)
def test_a_time_may_be_written_in_these_shapes(given: object, meant: When) -> None:
    assert parse_when(given, default_zone=LONDON) == meant


@pytest.mark.parametrize(
    ("given", "pointer", "words"),
    [
        (None, "", "cannot read this time"),
        (True, "", "cannot read this time"),
        ("yesterday", "", "2026-11-03T21:15"),
        ("20261103", "", "2026-11-03"),
        ("2026-11-03T21", "", "2026-11-03"),
        ("2026-02-29", "", "no day 2026-02-29"),
        ("1900-02-29", "", "no day 1900-02-29"),
        ("2026-11-31", "", "no day"),
        ("1899-12-31", "", "outside 1900 to 2100"),
        ("2101-01-01", "", "outside 1900 to 2100"),
        ("2100-12-31T23:30-01:00", "", "outside 1900 to 2100"),
        ("2026-11-03T24:00", "", "Hours go from 00 to 23"),
        ("2026-11-03T23:59:60", "", "seconds from 00 to 59"),
        ("2026-11-03T21:15+25:00", "", "no such offset"),
        ({"about": 5}, "/about", "not a date or time"),
        ({"at": "2026-11-03"}, "/at", "needs a clock time"),
        ({"date": "2026-11-03T21:15"}, "/date", "without a clock time"),
        ({"to": "2026-11-03"}, "", "from"),
        ({"from": "2026-11-04", "to": "2026-11-03"}, "/to", "before the start"),
        ({"from": "2026-11-03T21:15", "to": "2026-11-03T21:14"}, "/to", "before the start"),
        ({"since": "2026-11-04", "until": "2026-11-03"}, "/until", "before the start"),
        ({"about": "2026-11-03", "sure": True}, "", "cannot read this time"),
        ({"kind": "exact"}, "", '"at"'),
        ({"kind": "day", "date": "2026-11-03", "note": "x"}, "", '"note"'),
        ({"kind": "unknown", "zone": LONDON}, "", '"zone"'),
        ({"kind": "never"}, "/kind", "unknown"),
        ({"date": "2026-11-03", "zone": "Atlantis"}, "/zone", "Atlantis"),
        ({"date": "2026-11-03", "zone": None}, "/zone", "Europe/London"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_words_to_act_on(given: object, pointer: str, words: str) -> None:
    with pytest.raises(InvalidTime) as refusal:
        parse_when(given, default_zone=LONDON)

    assert words in refusal.value.words
    assert refusal.value.pointer == pointer


def test_a_time_that_came_twice_is_the_first_unless_its_offset_says_otherwise() -> None:
    first = parse_when("2026-10-25T01:30", default_zone=LONDON)
    second = parse_when("2026-10-25T01:30+00:00", default_zone=LONDON)

    assert first == Exact(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), LONDON)
    assert second == Exact(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), LONDON)
    assert first != second
    assert came_twice(datetime(2026, 10, 25, 1, 30), LONDON)  # noqa: DTZ001 – a clock on a wall
    assert not came_twice(datetime(2026, 10, 25, 2, 30), LONDON)  # noqa: DTZ001 – a clock on a wall
    assert not came_twice(datetime(2026, 3, 29, 1, 30), LONDON)  # noqa: DTZ001 – a clock on a wall


def test_a_time_that_never_was_is_refused_with_the_two_it_may_have_been() -> None:
    with pytest.raises(InvalidTime, match="no 1:30am on Sunday 29 March 2026") as refusal:
        parse_when("2026-03-29T01:30", default_zone=LONDON)

    assert refusal.value.words.endswith("Did you mean 12:30am or 2:30am?")


def test_a_day_the_calendar_skipped_is_refused() -> None:
    for given in (
        {"date": "2011-12-30", "zone": "Pacific/Apia"},
        {"at": "2011-12-30T12:00", "zone": "Pacific/Apia"},
    ):
        with pytest.raises(InvalidTime, match="30 December 2011"):
            parse_when(given, default_zone=LONDON)


def test_a_time_given_in_code_is_kept_on_the_wall_clock_of_its_zone() -> None:
    given = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=9)))

    kept = Exact(given, LONDON).at

    assert kept == given
    assert kept.isoformat() == "2026-07-01T04:00:00+01:00"
    with pytest.raises(InvalidTime, match="offset or a time zone"):
        Exact(datetime(2026, 7, 1, 12), LONDON)  # noqa: DTZ001 – a clock on a wall
