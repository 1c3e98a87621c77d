"""Promises that hold for every time, in every zone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import example, given

from daybook.kernel.chronology import (
    InvalidTime,
    Unknown,
    When,
    bounds,
    describe,
    iso_columns,
    lies_ahead,
    overlaps,
    parse_when,
    read_kept,
    sort_key,
    to_json,
    written_after,
)

from .any_time import instants, near_times, whens


@given(whens)
def test_a_time_comes_back_from_json_as_it_went(when: When) -> None:
    kept = json.loads(json.dumps(to_json(when)))

    for back in (read_kept(kept), parse_when(kept, default_zone="Asia/Kathmandu")):
        assert back == when
        assert to_json(back) == kept


@given(whens)
def test_bounds_never_cross(when: When) -> None:
    span = bounds(when)

    assert (span is None) == isinstance(when, Unknown)
    if span is not None:
        assert span.earliest.utcoffset() == timedelta(0)
        assert span.latest is None or span.earliest <= span.latest


@given(whens, whens, whens, instants, instants, instants)
def test_the_order_is_total(
    one: When, two: When, three: When, first: datetime, second: datetime, third: datetime
) -> None:
    a, b, c = (sort_key(when, written_at=at) for when, at in ((one, first), (two, second), (three, third)))

    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a <= b <= c) or a <= c


@given(whens, instants)
def test_a_time_sorts_inside_its_bounds(when: When, written_at: datetime) -> None:
    span = bounds(when)
    place = sort_key(when, written_at=written_at)[0]

    if span is None:
        assert place == written_at
    else:
        assert span.earliest <= place
        assert span.latest is None or place <= span.latest


@given(whens, instants)
def test_every_time_can_be_told(when: When, written_at: datetime) -> None:
    assert describe(when)
    assert iso_columns(when).kind == to_json(when)["kind"]
    words = written_after(when, written_at)
    assert words.startswith(("written ", "time of event not known"))
    if lies_ahead(when, written_at):
        assert "before the" in words


@given(whens, instants)
def test_a_time_touches_the_days_between_its_bounds(when: When, written_at: datetime) -> None:
    zone = "Europe/London" if isinstance(when, Unknown) else when.zone
    span = bounds(when)
    at = written_at if span is None else span.earliest
    first = parse_when(at.isoformat(), default_zone=zone)
    day = datetime.fromisoformat(iso_columns(first).start).date()

    assert overlaps(when, None, None, written_at=written_at, zone="Europe/London")
    assert overlaps(when, day, day, written_at=written_at, zone="Europe/London")
    assert not overlaps(when, None, day - timedelta(days=1), written_at=written_at, zone="Europe/London")


@given(near_times)
@example({"kind": "exact", "at": "2026-11-03T21:15", "zone": "Europe"})
@example({"kind": [], "zone": "Europe/London"})
@example({"about": "1900-01-01T00:00+23:59"})
@example({"since": "2100-12-31T23:59-23:59"})
@example({"from": "2026-01-01", "to": "2026-01-02", "zone": "../../etc/passwd"})
@example({"date": "2026-01-01", "zone": "a\0b"})
@example({"date": "2026-01-01", "zone": "É" * 300})
@example({"date": "2026-01-01", "zone": "right/Europe/London"})
@example("2026-11-03T21:15\n")
@example("２０２６-11-03")
def test_whatever_comes_in_is_read_or_refused_with_words(value: object) -> None:
    try:
        when = parse_when(value, default_zone="Europe/London")
    except InvalidTime as error:
        refusal = error
    else:
        assert parse_when(to_json(when), default_zone="UTC") == when
        return
    assert refusal.words.endswith((".", "?"))
    assert refusal.pointer == "" or refusal.pointer.startswith("/")


@given(near_times)
def test_a_bad_default_zone_is_refused_too(value: object) -> None:
    try:
        parse_when(value, default_zone="Nowhere/At_All")
    except InvalidTime:
        return
    assert isinstance(value, dict)
    assert "zone" in value or value == {"kind": "unknown"}


def test_writing_times_of_any_zone_compare() -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    when = parse_when("2026-11-03T13:00", default_zone="Europe/Paris")

    assert sort_key(when, written_at=noon)[0] == noon
