"""Delays: never over too soon, whatever single thing is done to the clock, and always over some day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.delays import Delay, Rule, begin, earliest_end, is_over, look

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = Rule(length=7 * DAY, most_at_once=2 * DAY)


def looked(delay: Delay, *times: datetime) -> Delay:
    for now in times:
        delay = look(delay, WEEK, now=now)
    return delay


def test_looked_at_each_hour_it_is_over_after_its_length_to_the_hour() -> None:
    delay = begin(WEEK, now=NOW)
    for hours in range(1, 7 * 24 + 1):
        delay = look(delay, WEEK, now=NOW + hours * HOUR)
        assert is_over(delay, WEEK, now=NOW + hours * HOUR) == (hours == 7 * 24)


def test_a_long_pause_counts_only_in_part() -> None:
    delay = looked(begin(WEEK, now=NOW), NOW + 100 * DAY)
    assert not is_over(delay, WEEK, now=NOW + 100 * DAY)
    assert earliest_end(delay, WEEK, now=NOW + 100 * DAY) == NOW + 105 * DAY


@given(
    st.integers(min_value=1, max_value=10_000),
    st.integers(min_value=0, max_value=6 * 24),
    st.integers(min_value=0, max_value=47),
)
def test_one_jump_forward_and_back_never_makes_it_shorter(jump: int, after: int, stays: int) -> None:
    """``after`` hours in, the clock is set ``jump`` hours forward for less than two days, and back; then hours pass."""
    delay, seen = begin(WEEK, now=NOW), 0
    while seen < after:
        seen += 1
        delay = look(delay, WEEK, now=NOW + seen * HOUR)
    for hour in range(stays + 1):
        now = NOW + (seen + jump + hour) * HOUR
        delay = look(delay, WEEK, now=now)
        really = seen + hour
        assert not is_over(delay, WEEK, now=now) or really >= 3 * 24
    really = seen + stays
    while really < 7 * 24 + 1:
        now = NOW + really * HOUR
        delay = look(delay, WEEK, now=now)
        assert not is_over(delay, WEEK, now=now) or really >= 7 * 24
        really += 1
    assert is_over(delay, WEEK, now=NOW + 7 * DAY)


@given(st.lists(st.integers(min_value=-5_000, max_value=5_000), max_size=30))
def test_whatever_was_done_to_the_clock_it_is_over_after_a_quiet_week_and_a_look_an_hour(
    times: list[int],
) -> None:
    delay = looked(begin(WEEK, now=NOW), *(NOW + hours * HOUR for hours in times))
    start = NOW + (times[-1] if times else 0) * HOUR
    promised = earliest_end(delay, WEEK, now=start)
    now = start
    while not is_over(delay, WEEK, now=now):
        now += HOUR
        delay = look(delay, WEEK, now=now)
        assert now - start <= 5_000 * HOUR + 2 * WEEK.length
    assert now - promised < HOUR


def test_a_clock_set_back_before_the_day_it_was_asked_for_begins_the_days_anew() -> None:
    delay = looked(begin(WEEK, now=NOW + 3000 * DAY), NOW)
    assert earliest_end(delay, WEEK, now=NOW) == NOW + 7 * DAY


def test_what_was_seen_to_go_by_is_not_lost_when_the_clock_is_set_back_a_little() -> None:
    delay = looked(begin(WEEK, now=NOW), NOW + DAY, NOW + 2 * DAY, NOW + 2 * DAY - HOUR)
    assert delay.waited == 2 * DAY
