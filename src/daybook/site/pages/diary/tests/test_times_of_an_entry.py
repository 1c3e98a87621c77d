"""A time is kept as vaguely as it was said; one that cannot be is said and shown again."""

from datetime import UTC, datetime, timedelta

import pytest

from daybook.diary.entries import count_entries, page_of_entries
from daybook.kernel.chronology import Day
from daybook.site.pages.diary.tests.draft_by_form import answer, begin, keep
from daybook.site.pages.diary.tests.form_reading import location, words_of
from tests.cast import Member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "exact", "date": "2026-11-03"}, "An exact time needs a clock time."),
        ({"kind": "exact", "time": "21:15"}, "Give the day, or choose “I do not know when”."),
        ({"kind": "day", "date": "2026-02-30"}, "There is no day 2026-02-30."),
        ({"kind": "day", "date": "2026-11-03", "time": "21:15"}, "You typed a time too."),
        ({"kind": "day", "date": "yesterday"}, "We cannot read this date or time."),
        ({"kind": "about", "date": "2026-11-03", "time": "25:99"}, "There is no such time."),
        ({"kind": "between", "date": "2026-11-03"}, "Give the day it ended, or choose “about”."),
        (
            {"kind": "between", "date": "2026-11-03", "end_date": "2026-11-02"},
            "The end is before the start.",
        ),
        ({"kind": "unknown", "date": "2026-11-03"}, "You typed a day or time too."),
        ({"kind": "day", "date": "2026-11-03", "zone": "Mars/Base"}, "We do not know the time zone"),
        ({"kind": "exact", "date": "2026-03-29", "time": "01:30"}, "The clocks jumped forward"),
        ({"kind": "moon", "date": "2026-03-29"}, "Use one of these kinds of time"),
        ({"kind": "exact", "date": "0001-01-01", "time": "00:00"}, "Check the year"),
        ({"kind": "about", "date": "2026-11-03\x00"}, "We cannot read this date or time."),
    ],
)
def test_a_time_that_cannot_be_is_said_and_shown_again(
    person: Member, typed: dict[str, str], said: str
) -> None:
    client = person.browser()
    draft = begin(client)
    page = client.get(location(answer(client, draft, "when", **typed)))
    assert page.status_code == 200
    assert said in words_of(page)
    if "date" in typed and "\x00" not in typed["date"]:
        assert f'value="{typed["date"]}"' in page.content.decode()
    assert said in words_of(keep(client, draft))
    assert count_entries(person.viewer) == 0


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ({"date": "2026-11-03"}, {"kind": "day", "date": "2026-11-03", "zone": "Europe/London"}),
        (
            {"date": "3/11/2026", "time": "9.15pm"},
            {"kind": "exact", "at": "2026-11-03T21:15:00+00:00", "zone": "Europe/London"},
        ),
        (
            {"kind": "about", "date": "2026-07-03", "time": "21:15", "zone": "Europe/Paris"},
            {"kind": "about", "at": "2026-07-03T21:15:00+02:00", "zone": "Europe/Paris"},
        ),
        (
            {"kind": "since", "date": "2026-11-03"},
            {"kind": "since", "start": "2026-11-03", "zone": "Europe/London"},
        ),
        (
            {"date": "2026-11-03", "time": "22:00", "end_date": "2026-11-04", "end_time": "02:00"},
            {
                "kind": "between",
                "start": "2026-11-03T22:00:00+00:00",
                "end": "2026-11-04T02:00:00+00:00",
                "zone": "Europe/London",
            },
        ),
        ({"kind": "unknown"}, {"kind": "unknown"}),
        (
            {"kind": "exact", "date": "2026-10-25", "time": "01:30", "again": "on"},
            {"kind": "exact", "at": "2026-10-25T01:30:00+00:00", "zone": "Europe/London"},
        ),
    ],
)
def test_a_time_is_kept_as_vaguely_as_it_was_said(
    person: Member, typed: dict[str, str], when: dict[str, str]
) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", **typed)
    keep(client, draft)
    assert page_of_entries(person.viewer, 1).entries[0].values["when"] == when


def test_a_clock_time_that_came_twice_asks_which(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", kind="exact", date="2026-10-25", time="01:30")
    assert "this time came twice" in words_of(client.get(f"{draft}when/"))


def test_today_is_one_tap_without_a_script(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", go="today")
    keep(client, draft)
    assert isinstance(page_of_entries(person.viewer, 1).entries[0].when, Day)


def test_a_time_that_is_still_to_come_is_said_before_it_is_kept(person: Member) -> None:
    client = person.browser()
    draft = begin(client)
    answer(client, draft, "when", kind="day", date=f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}")
    assert "The time you gave is later than now." in words_of(client.get(f"{draft}check/"))
    answer(client, draft, "when", kind="day", date="2016-11-03")
    assert "later than now" not in words_of(client.get(f"{draft}check/"))
