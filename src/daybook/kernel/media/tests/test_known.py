"""What is known about a file is told in words with its source, and what cannot be right or does not agree is named."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from daybook.kernel.chronology import About, Between, Day, Exact, Since, Unknown, When
from daybook.kernel.media.comparing import Taken, beside_event
from daybook.kernel.media.known import CANNOT_BE, DISAGREES, what_is_known
from daybook.kernel.media.name_hints import hint_from

RECEIVED = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PHOTO: dict[str, Any] = {
    "width": 4032,
    "height": 3024,
    "format": "JPEG",
    "taken_at": "2026-11-20T18:12:00",
    "offset": "+00:00",
    "make": "Acme",
    "model": "Phone 1",
}
LONDON = "Europe/London"
AT = Taken(datetime(2026, 11, 20, 18, 12), datetime.fromisoformat("2026-11-20T18:12:00+00:00").utcoffset())  # noqa: DTZ001


def known(**values: Any) -> Any:
    return what_is_known(PHOTO | values, received_at=RECEIVED)


def told(**values: Any) -> dict[str, tuple[str, str]]:
    return {one.about: (one.words, one.source) for one in known(**values).said}


def test_each_fact_is_told_with_the_field_it_stands_in() -> None:
    assert told(latitude=52.63625, longitude=-1.13479) == {
        "Time": ("20 November 2026, 18:12:00 (its clock was at UTC+00:00)", "EXIF DateTimeOriginal"),
        "Device": ("Acme Phone 1", "EXIF Make, Model"),
        "Place": ("52.63625° north, 1.13479° west", "EXIF GPS"),
    }


def test_a_time_without_a_zone_is_told_as_that() -> None:
    words, _ = told(offset="")["Time"]
    assert words.endswith("(it does not say in which time zone)")
    assert known(offset="").taken.offset is None


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (
            Exact(datetime(2026, 11, 20, 18, 0, tzinfo=UTC), LONDON),
            "taken 12 minutes after the time you gave",
        ),
        (
            Exact(datetime(2026, 11, 20, 21, 42, tzinfo=UTC), LONDON),
            "taken 3 hours 30 minutes before the time you gave",
        ),
        (
            Exact(datetime(2026, 11, 20, 18, 12, 40, tzinfo=UTC), LONDON),
            "taken within a minute of the time you gave",
        ),
        (
            About(datetime(2026, 11, 20, 18, 0, tzinfo=UTC), LONDON),
            "taken 12 minutes after the time you gave as “about”",
        ),
        (About(date(2026, 11, 20), LONDON), "taken on the day you gave as “about”"),
        (Day(date(2026, 11, 20), LONDON), "taken on the day you gave"),
        (Day(date(2026, 11, 22), LONDON), "taken 2 days before the day you gave"),
        (Day(date(2026, 11, 21), "Pacific/Auckland"), "taken on the day you gave"),
        (Between(date(2026, 11, 19), date(2026, 11, 21), LONDON), "taken between the two times you gave"),
        (
            Between(date(2026, 11, 10), date(2026, 11, 12), LONDON),
            "taken 7 days after the last time you gave",
        ),
        (Since(date(2026, 11, 1), LONDON), "taken while it went on, by what you wrote"),
        (Since(date(2026, 11, 21), LONDON), "taken 5 hours 48 minutes before it began, by what you wrote"),
        (
            Since(date(2025, 1, 1), LONDON, date(2025, 2, 1)),
            "taken about 22 months after it ended, by what you wrote",
        ),
        (Unknown(), "you gave no time to compare it with"),
    ],
)
def test_the_time_of_a_file_is_compared_with_every_kind_of_time(when: When, words: str) -> None:
    assert beside_event(AT, when) == words


def test_where_the_zone_is_not_known_the_comparison_says_on_what_it_rests() -> None:
    summer = Exact(datetime(2026, 7, 1, 18, 0, tzinfo=UTC), LONDON)
    words = beside_event(Taken(datetime(2026, 7, 1, 19, 5)), summer)  # noqa: DTZ001
    assert words.startswith("taken 5 minutes after the time you gave, if its clock showed UK time")
    assert words.endswith("the file does not say in which time zone it was")


@pytest.mark.parametrize(
    ("taken_at", "offset", "trusted"),
    [
        ("2026-11-21T08:59:00", "+00:00", True),
        ("2026-11-21T09:04:00", "+00:00", True),  # clocks differ by minutes
        ("2026-11-21T10:00:00", "+00:00", False),
        ("2026-11-21T10:00:00", "+01:00", True),
        ("2026-11-21T22:00:00", "", True),  # it can be that in a zone far ahead
        ("2026-11-22T09:00:00", "", False),
        ("2099-01-01T00:00:00", "+00:00", False),
    ],
)
def test_a_time_after_the_file_came_cannot_be_right(taken_at: str, offset: str, trusted: bool) -> None:
    found = known(taken_at=taken_at, offset=offset)
    assert (found.taken is not None) == trusted
    assert ("Time" in {one.about for one in found.said}) == trusted
    assert [one.kind for one in found.doubts] == ([] if trusted else [CANNOT_BE])


@pytest.mark.parametrize(
    ("values", "about"),
    [
        ({"xmp": {"taken_at": "2026-11-19T18:12:30"}}, "Time"),
        ({"xmp": {"taken_at": "2026-11-20T20:12:00+01:00"}}, "Time"),
        ({"satellite_at": "2026-11-20T21:00:00Z"}, "Time"),
        ({"offset": "", "satellite_at": "2026-11-22T21:00:00Z"}, "Time"),
        ({"modified_at": "2024-11-20T18:12:00"}, "Time of the last change"),
        (
            {"latitude": 52.0, "longitude": -1.0, "xmp": {"latitude": 53.0, "longitude": -1.0}},
            "Place",
        ),
        ({"xmp": {"make": "Bolt"}}, "Device"),
    ],
)
def test_two_values_that_cannot_both_be_right_do_not_agree(values: dict[str, Any], about: str) -> None:
    found = known(**values)
    assert [(one.about, one.kind) for one in found.doubts] == [(about, DISAGREES)]
    assert (found.taken is None) == (about == "Time")
    assert "Time" in {one.about for one in found.said}


@pytest.mark.parametrize(
    "values",
    [
        {"xmp": {"taken_at": "2026-11-20T18:12:00"}},
        {"xmp": {"taken_at": "2026-11-20T19:12:00+01:00"}},  # the same instant
        {"satellite_at": "2026-11-20T18:11:20Z"},
        {"offset": "", "satellite_at": "2026-11-20T09:00:00Z"},  # a zone can explain it
        {"modified_at": "2026-11-20T18:12:00"},
        {"xmp": {"make": "ACME", "model": "Acme Phone 1"}},
        {"latitude": 52.0, "longitude": -1.0, "xmp": {"latitude": 52.001, "longitude": -1.0}},
    ],
)
def test_values_that_go_together_are_no_doubt(values: dict[str, Any]) -> None:
    assert known(**values).doubts == ()


def test_an_edit_after_it_was_taken_is_told() -> None:
    history = [{"action": "saved", "at": "2026-11-21T07:00:00+00:00", "tool": "Acme Editor"}]
    found = told(modified_at="2026-11-21T06:12:00", xmp={"tool": "Acme Editor", "history": history})
    assert found["Last changed"] == (
        "21 November 2026, 06:12:00, 12 hours after it was taken",
        "EXIF DateTime",
    )
    assert found["Saved with"] == ("Acme Editor", "XMP CreatorTool")
    assert found["Edit history"] == ("Saved, 21 November 2026, 07:00:00, with Acme Editor", "XMP History")


def test_credentials_that_fit_are_told_without_calling_them_true() -> None:
    credentials = {
        "state": "fits",
        "signer": "Acme Cameras",
        "actions": ["c2pa.created", "c2pa.cropped"],
        "source_types": ["trainedAlgorithmicMedia"],
    }
    words, source = told(credentials=credentials)["Content Credentials"]
    assert source == "C2PA"
    assert words.startswith("Signed as “Acme Cameras”")
    assert "does not check who the signer really is" in words
    assert "made, cropped" in words
    assert "artificial intelligence" in words


def test_credentials_somewhere_else_are_named_and_not_fetched() -> None:
    words, _ = told(credentials={"state": "elsewhere"})["Content Credentials"]
    assert "Daybook asks nobody there" in words


def test_a_list_tells_it_in_short_and_what_is_not_trusted_too() -> None:
    assert known(latitude=52.0, longitude=-1.0, taken_at="2031-01-01T00:00:00").in_short == [
        "with Acme Phone 1",
        "holds a position",
        "time cannot be right",
    ]


@pytest.mark.parametrize(
    ("name", "day", "screen"),
    [
        ("IMG-20261120-WA0003.jpg", date(2026, 11, 20), False),
        ("WhatsApp Image 2026-11-20 at 18.00.00.jpeg", date(2026, 11, 20), False),
        ("PTT-20261120-WA0001.opus", date(2026, 11, 20), False),
        ("signal-2026-11-20-180000.jpg", date(2026, 11, 20), False),
        ("photo_2026-11-20_18-00-00.jpg", date(2026, 11, 20), False),
        ("FB_IMG_1700000000000.jpg", None, False),
        ("Screenshot_20261120-180000.png", date(2026, 11, 20), True),
        ("Screenshot 2026-11-20 at 18.00.00.png", date(2026, 11, 20), True),
        ("C:\\pictures\\screenshot.png", None, True),
        ("IMG-20269999-WA0003.jpg", None, False),
    ],
)
def test_names_that_programs_give_are_a_hint(name: str, day: date | None, screen: bool) -> None:
    found = hint_from(name)
    assert found is not None
    assert (found.day, found.screen) == (day, screen)


@pytest.mark.parametrize(
    "name", ["IMG_2031.jpg", "", "note.txt", "\u202eIMG-20261120-WA0003.jpg", "屏幕截图.png", "W" * 9000]
)
def test_other_names_hint_at_nothing(name: str) -> None:
    assert hint_from(name) is None


def test_an_impossible_time_of_an_editing_program_leaves_the_cameras_time_alone() -> None:
    doubt = {
        "field": "xmp taken_at",
        "written": "1970-01-01T00:00:00Z",
        "why": "No device wrote such a date then.",
    }
    found = known(doubts=[doubt])
    assert [(one.about, one.kind) for one in found.doubts] == [("Time (XMP)", CANNOT_BE)]
    assert found.taken is not None
