"""Exhibits have the same bytes every time, are what their names say, and belong to entries that exist."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import wave
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import hypot

import pikepdf
import pytest
from PIL import Image

from daybook.site.demo import DemoCase, DemoExhibit, make_case
from daybook.site.demo.times import to_london

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def case() -> DemoCase:
    return make_case(seed=1, entries=240, exhibits=60, now=NOW)


@pytest.fixture(scope="module")
def contents(case: DemoCase) -> dict[str, bytes]:
    return {exhibit.key: exhibit.make_bytes() for exhibit in case.exhibits}


def ending(exhibit: DemoExhibit) -> str:
    return exhibit.name.rsplit(".", 1)[1]


def test_the_same_bytes_come_every_time_in_any_order(case: DemoCase, contents: dict[str, bytes]) -> None:
    again = make_case(seed=1, entries=240, exhibits=60, now=NOW)
    one_of_each = {exhibit.kind: exhibit for exhibit in reversed(again.exhibits)}
    for exhibit in one_of_each.values():
        digest = hashlib.sha256(exhibit.make_bytes()).hexdigest()
        assert digest == hashlib.sha256(contents[exhibit.key]).hexdigest(), exhibit.kind


def test_links_name_entries_and_exhibits_that_exist_both_ways(case: DemoCase) -> None:
    from_entries = {(entry.key, exhibit) for entry in case.entries for exhibit in entry.exhibits}
    from_exhibits = {(entry, exhibit.key) for exhibit in case.exhibits for entry in exhibit.entries}
    assert from_entries == from_exhibits
    keys = {entry.key for entry in case.entries}
    assert {entry for entry, _ in from_exhibits} <= keys
    assert any(len(exhibit.entries) > 1 for exhibit in case.exhibits)
    assert any(len(entry.exhibits) > 1 for entry in case.entries)


def test_exhibits_come_in_order_after_their_entries_are_written_and_before_now(case: DemoCase) -> None:
    received = [exhibit.received_at for exhibit in case.exhibits]
    assert received == sorted(received)
    assert received[-1] < NOW
    written = {entry.key: entry.written_at for entry in case.entries}
    for exhibit in case.exhibits:
        assert all(written[key] <= exhibit.received_at for key in exhibit.entries)


def test_files_are_what_their_names_say(case: DemoCase, contents: dict[str, bytes]) -> None:
    formats = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
    seen: Counter[str] = Counter()
    for exhibit in case.exhibits:
        data = contents[exhibit.key]
        kind = ending(exhibit)
        seen[kind] += 1
        if kind in formats:
            with Image.open(io.BytesIO(data)) as picture:
                assert picture.format == formats[kind]
                picture.load()
        elif kind == "eml":
            message = email.message_from_bytes(data, policy=email.policy.default)
            assert message["Message-ID"]
            assert message["From"]
            assert len(message.get_all("Received", [])) == 2
            assert message.get_content()
        elif kind == "csv":
            rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
            assert len(rows) > 1
            assert len({len(row) for row in rows}) == 1
        elif kind == "wav":
            with wave.open(io.BytesIO(data)) as sound:
                assert sound.getframerate() == 8000
                assert 2 < sound.getnframes() / 8000 < 8
        elif kind == "pdf":
            with pikepdf.open(io.BytesIO(data)) as paper:
                assert len(paper.pages) == 1
                assert paper.check_pdf_syntax() == []
        else:
            assert kind == "txt"
            assert data.decode().count("\n") > 3
    assert set(seen) == {"jpg", "png", "webp", "eml", "csv", "wav", "pdf", "txt"}


def test_one_copy_is_edited_and_one_file_is_handed_in_twice(
    case: DemoCase, contents: dict[str, bytes]
) -> None:
    copies = [exhibit for exhibit in case.exhibits if exhibit.parent]
    assert len(copies) == 1
    parent = next(exhibit for exhibit in case.exhibits if exhibit.key == copies[0].parent)
    assert parent.received_at <= copies[0].received_at
    assert contents[parent.key] != contents[copies[0].key]
    digests = Counter(hashlib.sha256(data).hexdigest() for data in contents.values())
    assert sorted(digests.values())[-2:] == [1, 2]


def test_one_name_is_long_and_tries_every_font(case: DemoCase) -> None:
    longest = max((exhibit.name for exhibit in case.exhibits), key=len)
    assert len(longest) > 120
    assert "/" not in longest
    assert "\0" not in longest
    assert any("\u0600" <= letter <= "\u06ff" for letter in longest)


@pytest.mark.parametrize("seed", range(12))
def test_camera_photos_say_when_and_some_say_where_home_is(seed: int) -> None:
    case = make_case(seed=seed, entries=240, exhibits=60, now=NOW)
    home = next(place for place in case.places if place.key == "home")
    at_home = 0
    photos = [exhibit for exhibit in case.exhibits if exhibit.kind.startswith("photo-")]
    for exhibit in photos:
        # The facts are read from the source, without drawing; another test reads them from the files.
        source = exhibit.make_bytes.args[0]  # type: ignore[attr-defined]  # it is a partial
        assert source.at <= exhibit.received_at
        if source.spot is not None:
            metres = hypot(source.spot[0] - home.latitude, (source.spot[1] - home.longitude) * 0.6) * 111_000
            at_home += metres < home.radius_m
    assert at_home >= 2
    assert at_home < len(photos)


def test_exif_of_the_files_agrees_with_the_story(case: DemoCase, contents: dict[str, bytes]) -> None:
    made, placed = 0, 0
    for exhibit in case.exhibits:
        if exhibit.kind.startswith("photo-") and ending(exhibit) == "jpg":
            exif = Image.open(io.BytesIO(contents[exhibit.key])).getexif()
            details, place = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
            stamp = datetime.strptime(f"{details[0x9003]} {details[0x9011]}", "%Y:%m:%d %H:%M:%S %z")
            assert to_london(stamp).utcoffset() == stamp.utcoffset()
            assert stamp <= exhibit.received_at < stamp + timedelta(days=40)
            assert exif[0x010F]
            assert exif[0x0110]
            made += 1
            placed += 2 in place
    assert made > 10
    assert 0 < placed < made


def test_the_edited_copy_carries_no_metadata(case: DemoCase, contents: dict[str, bytes]) -> None:
    copy = next(exhibit for exhibit in case.exhibits if exhibit.parent)
    assert not Image.open(io.BytesIO(contents[copy.key])).getexif()
