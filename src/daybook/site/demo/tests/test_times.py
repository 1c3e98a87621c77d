"""UK clocks by rule, and times as people say them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from daybook.site.demo.times import at_clock, say_about, say_clock, say_day, to_london


def test_the_rule_agrees_with_the_time_zone_data_for_ten_years() -> None:
    london = ZoneInfo("Europe/London")
    moment = datetime(2024, 1, 1, 0, 30, tzinfo=UTC)
    while moment.year < 2034:
        assert to_london(moment).replace(tzinfo=None) == moment.astimezone(london).replace(tzinfo=None)
        moment += timedelta(hours=7)


def test_a_reading_of_the_clock_keeps_its_digits_across_the_change() -> None:
    winter = to_london(datetime(2026, 3, 1, tzinfo=UTC)).replace(hour=18)
    summer = at_clock(winter + timedelta(days=60))
    assert (summer.hour, summer.utcoffset()) == (18, timedelta(hours=1))


def test_the_day_is_said_from_when_it_is_written() -> None:
    evening = datetime(2026, 5, 4, 18, 12, tzinfo=UTC)
    assert say_day(evening, evening + timedelta(hours=1)) == "this evening"
    assert say_day(evening, evening + timedelta(days=1)) == "yesterday evening"
    assert say_day(evening, evening + timedelta(days=3)) == "on Monday evening"
    assert say_day(evening, evening + timedelta(days=9)) == "on the evening of Monday 4 May"
    night = evening.replace(hour=23)
    assert say_day(night, night + timedelta(hours=3)) == "last night"
    assert say_day(evening.replace(hour=2), evening) == "in the early hours today"


def test_clocks_are_said_in_more_than_one_way() -> None:
    quarter = datetime(2026, 5, 4, 18, 15, tzinfo=UTC)
    said = {say_clock(quarter, random.Random(seed)) for seed in range(40)}
    assert said == {"quarter past six", "18:15", "6.15pm"}
    assert say_about(datetime(2026, 5, 4, 12, 30, tzinfo=UTC)) == "about half past twelve"
    assert say_about(datetime(2026, 5, 4, 0, 0, tzinfo=UTC)) == "about twelve"
