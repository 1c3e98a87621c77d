"""Times of every kind, in zones that make trouble, for property tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import available_timezones

from hypothesis import strategies as st

from daybook.kernel.chronology import About, Between, Day, Exact, InvalidTime, Moment, Since, Unknown, When

# Clock changes at midnight, half-hour changes, skipped and repeated days, offsets with seconds, no changes.
AWKWARD_ZONES = (
    "Europe/London",
    "Africa/Monrovia",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "Europe/Amsterdam",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "UTC",
)

zones = st.one_of(
    st.sampled_from(AWKWARD_ZONES), st.sampled_from(sorted(_ for _ in available_timezones() if "/" in _))
)
days = st.dates(date(1900, 1, 2), date(2100, 12, 30))
instants = st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 – given UTC beside
moments: st.SearchStrategy[Moment] = st.one_of(days, instants)


def _made(make: Callable[[], When]) -> When | None:
    try:
        return make()
    except InvalidTime:  # a day this zone skipped
        return None


def _between(start: Moment, end: Moment, zone: str) -> When | None:
    return _made(lambda: Between(start, end, zone)) or _made(lambda: Between(end, start, zone))


def _since(start: Moment, zone: str, until: Moment | None) -> When | None:
    return _made(lambda: Since(start, zone, until)) or _made(lambda: Since(start, zone))


def _kept(when: When | None) -> When:
    return Unknown() if when is None else when


whens: st.SearchStrategy[When] = st.one_of(
    st.builds(Exact, instants, zones),
    st.builds(lambda at, zone: _made(lambda: About(at, zone)), moments, zones).map(_kept),
    st.builds(_between, moments, moments, zones).map(_kept),
    st.builds(lambda day, zone: _made(lambda: Day(day, zone)), days, zones).map(_kept),
    st.builds(_since, moments, zones, st.none() | moments).map(_kept),
    st.just(Unknown()),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
time_texts = st.one_of(
    st.text(max_size=30),
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
        r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    ),
    st.builds(lambda at: at.replace(tzinfo=None).isoformat(), instants),
    days.map(date.isoformat),
)
# Objects that look like times, right or nearly right.
near_times = st.one_of(
    json_values,
    time_texts,
    st.dictionaries(
        st.sampled_from(
            ["kind", "zone", "at", "about", "from", "to", "since", "until", "start", "end", "date", "x"]
        ),
        st.one_of(
            time_texts,
            json_values,
            zones,
            st.sampled_from(["exact", "about", "between", "day", "since", "unknown"]),
        ),
        max_size=5,
    ),
)
