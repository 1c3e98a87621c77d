"""Where a vague time lies, which comes first, and which days it touches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from daybook.kernel.chronology import (
    ABOUT_A_DAY,
    ABOUT_A_TIME,
    Unknown,
    bounds,
    overlaps,
    parse_when,
    sort_key,
)

LONDON = "Europe/London"
WRITTEN = datetime(2026, 11, 20, 18, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span_of(given: object) -> tuple[datetime, datetime | None] | None:
    return bounds(parse_when(given, default_zone=LONDON))


def touches(given: object, first: date | None, last: date | None) -> bool:
    return overlaps(parse_when(given, default_zone=LONDON), first, last, written_at=WRITTEN, zone=LONDON)


def test_a_day_lasts_as_long_as_its_clocks_say() -> None:
    microsecond = timedelta(microseconds=1)

    assert span_of("2026-11-03") == (utc("2026-11-03"), utc("2026-11-04") - microsecond)
    assert span_of("2026-03-29") == (utc("2026-03-29"), utc("2026-03-29T23:00") - microsecond)
    assert span_of("2026-10-25") == (utc("2026-10-24T23:00"), utc("2026-10-26") - microsecond)


def test_a_day_whose_midnight_was_jumped_over_begins_at_the_jump() -> None:
    brazil = span_of({"date": "2018-11-04", "zone": "America/Sao_Paulo"})  # midnight became 1am
    toronto = span_of(
        {"date": "1919-03-31", "zone": "America/Toronto"}
    )  # 11:30pm the evening before became 12:30am
    apia = span_of({"date": "2011-12-29", "zone": "Pacific/Apia"})  # the 30th never was

    assert brazil is not None
    assert brazil[0] == utc("2018-11-04T03:00")
    assert toronto is not None
    assert toronto[0] == utc("1919-03-31T04:30")
    assert apia == (utc("2011-12-29T10:00"), utc("2011-12-30T10:00") - timedelta(microseconds=1))


def test_about_reaches_a_little_either_way() -> None:
    time, day = span_of({"about": "2026-11-03T21:15"}), span_of({"about": "2026-11-03"})

    assert time == (utc("2026-11-03T21:15") - ABOUT_A_TIME, utc("2026-11-03T21:15") + ABOUT_A_TIME)
    assert day is not None
    assert day[0] == utc("2026-11-03") - ABOUT_A_DAY


def test_what_goes_on_has_no_end_and_what_is_not_known_has_no_bounds() -> None:
    assert span_of({"since": "2026-09-01T12:00Z"}) == (utc("2026-09-01T12:00"), None)
    assert span_of({"since": "2026-09-01T12:00Z", "until": "2026-09-02T12:00Z"}) == (
        utc("2026-09-01T12:00"),
        utc("2026-09-02T12:00"),
    )
    assert span_of({"kind": "unknown"}) is None


def test_entries_sort_by_what_happened_and_unknown_times_by_the_writing() -> None:
    in_order: list[object] = [
        {"since": "2026-11-01"},
        "2026-11-03T00:00",
        {"about": "2026-11-03T00:00"},
        {"from": "2026-11-03T00:00", "to": "2026-11-03T01:00"},
        "2026-11-03",
        {"since": "2026-11-03"},
        {"from": "2026-11-03T20:00", "to": "2026-11-03T22:00"},
        {"about": "2026-11-03T21:15"},
        "2026-11-03T21:16",
        {"kind": "unknown"},
        "2026-11-20T18:00:01",
    ]

    keys = [sort_key(parse_when(given, default_zone=LONDON), written_at=WRITTEN) for given in in_order]

    assert keys == sorted(keys)
    earlier = sort_key(Unknown(), written_at=WRITTEN - timedelta(seconds=1))
    assert earlier < sort_key(Unknown(), written_at=WRITTEN)


def test_the_two_showings_of_one_clock_time_sort_apart() -> None:
    first = sort_key(parse_when("2026-10-25T01:30+01:00", default_zone=LONDON), written_at=WRITTEN)
    second = sort_key(parse_when("2026-10-25T01:30+00:00", default_zone=LONDON), written_at=WRITTEN)

    assert first < second


def test_a_filter_by_days_counts_both_ends() -> None:
    third = date(2026, 11, 3)

    assert touches("2026-11-03T23:59:59.999999", third, third)
    assert touches("2026-11-03", third, None)
    assert touches("2026-11-03", None, third)
    assert not touches("2026-11-03", date(2026, 11, 4), None)
    assert not touches("2026-11-03", None, date(2026, 11, 2))
    assert touches({"from": "2026-11-01", "to": "2026-11-05"}, third, third)
    assert touches({"about": "2026-11-03T23:50"}, date(2026, 11, 4), date(2026, 11, 4))


def test_a_filter_uses_the_days_the_event_had_where_it_was() -> None:
    tokyo = {"at": "2026-11-03T08:00", "zone": "Asia/Tokyo"}  # still the 2nd in London

    assert touches(tokyo, date(2026, 11, 3), date(2026, 11, 3))
    assert not touches(tokyo, date(2026, 11, 2), date(2026, 11, 2))


def test_something_going_on_reaches_to_the_day_it_was_written() -> None:
    going_on = {"since": "2026-09-01"}

    assert touches(going_on, date(2026, 11, 20), date(2026, 11, 30))
    assert not touches(going_on, date(2026, 11, 21), date(2026, 11, 30))
    assert not touches(going_on, None, date(2026, 8, 31))


def test_an_unknown_time_counts_as_the_day_of_writing() -> None:
    assert touches({"kind": "unknown"}, date(2026, 11, 20), date(2026, 11, 20))
    assert not touches({"kind": "unknown"}, date(2026, 11, 21), None)
