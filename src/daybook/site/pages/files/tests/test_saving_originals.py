"""Saving the original: the very bytes, never inside our origin, and never half or altered without a word."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.evidence.models import Exhibit
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.site.pages.files.tests.sending import text_of
from tests.cast import Member, picture
from tests.hostile_files import EMPTY, HTML, SVG, XML_ENTITIES, jpeg_and_html, pdf_with_script

LONG = bytes(range(256)) * 2000


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def _noted(pieces: Iterable[bytes], given: bytearray) -> Iterator[bytes]:
    for piece in pieces:
        given += piece
        yield b""


def original(person: Member, exhibit: ReadExhibit) -> Any:
    return person.browser().get(f"/files/{exhibit.id}/original/")


@pytest.mark.parametrize("content", [EMPTY, b"\x00", b"words", LONG, picture()], ids=len)
def test_what_is_saved_is_what_was_kept(person: Member, content: bytes) -> None:
    answer = original(person, person.keep_file(content, "thing.bin"))
    assert answer.getvalue() == content
    assert answer["Content-Length"] == str(len(content))


def test_the_name_of_the_download_gives_nothing_away(person: Member) -> None:
    answer = original(person, person.keep_file(picture(), "What Dave did to the car.JPG"))
    assert answer["Content-Disposition"] == 'attachment; filename="AB-1.jpg"'


@pytest.mark.parametrize(
    "name",
    ["no ending", "odd.e\r\nx", 'quo"te.j"g', "photo\u202egpj.", ".", "a." + "x" * 300, "..\\..\\x.y/z"],
)
def test_a_strange_ending_is_left_out(person: Member, name: str) -> None:
    answer = original(person, person.keep_file(b"content", name))
    assert answer["Content-Disposition"] == 'attachment; filename="AB-1"'


ACTIVE = {
    "web page": ("page.html", HTML),
    "drawing": ("drawing.svg", SVG),
    "pdf": ("paper.pdf", pdf_with_script()),
    "xml": ("data.xml", XML_ENTITIES),
    "web page called picture": ("holiday.jpg", HTML),
    "both": ("both.jpg", jpeg_and_html()),
}


@pytest.mark.parametrize(("name", "content"), ACTIVE.values(), ids=ACTIVE)
def test_nothing_that_can_run_is_ever_shown_in_our_origin(person: Member, name: str, content: bytes) -> None:
    exhibit = person.keep_file(content, name)
    answer = original(person, exhibit)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"
    browser = person.browser()
    for path in (f"/files/thumb/{exhibit.id}/", f"/files/{exhibit.id}/picture/"):
        shown = browser.get(path)
        assert shown.status_code == 404 or shown["Content-Type"] == "image/jpeg"
        assert b"<script>alert" not in shown.content


def test_a_missing_body_is_named_and_nothing_else_is_given(person: Member) -> None:
    exhibit = person.keep_file(b"once there", "there.txt")
    body_of(exhibit).unlink()
    answer = original(person, exhibit)
    assert answer.status_code == 500
    assert "AB/1 cannot be opened" in text_of(answer)
    assert exhibit.sha256 in text_of(answer)
    assert "attachment" not in answer.get("Content-Disposition", "")


@pytest.mark.parametrize("where", ["first", "middle", "end"])
def test_a_body_with_one_bit_changed_is_named_and_never_given(person: Member, where: str) -> None:
    exhibit = person.keep_file(LONG, "long.bin")
    place = {"first": 0, "middle": exhibit.sealed_length // 2, "end": exhibit.sealed_length - 1}[where]
    flip(body_of(exhibit), place)
    answer = original(person, exhibit)
    assert answer.status_code == 500
    assert "AB/1 cannot be opened" in text_of(answer)
    assert LONG[:64] not in answer.content


def test_a_body_cut_short_is_named(person: Member) -> None:
    exhibit = person.keep_file(LONG, "long.bin")
    body_of(exhibit).write_bytes(body_of(exhibit).read_bytes()[:100_000])
    assert original(person, exhibit).status_code == 500


def test_a_body_damaged_while_it_streams_ends_the_stream_short_of_its_length(person: Member) -> None:
    exhibit = person.keep_file(LONG, "long.bin")
    answer = original(person, exhibit)
    assert answer.status_code == 200
    flip(body_of(exhibit), exhibit.sealed_length // 2)
    given = bytearray()
    with pytest.raises(BodyDamaged):
        given.extend(b"".join(_noted(answer.streaming_content, given)))
    assert len(given) < int(answer["Content-Length"])
    assert LONG.startswith(bytes(given))


def test_the_body_of_another_file_never_passes_for_this_one(person: Member) -> None:
    # Both bodies open with the record's key; only the digest tells them apart.
    one, other = person.keep_file(b"plum jam", "one.txt"), person.keep_file(b"fig cake", "other.txt")
    first, second = body_of(one).read_bytes(), body_of(other).read_bytes()
    body_of(one).write_bytes(second)
    body_of(other).write_bytes(first)
    for exhibit in (one, other):
        answer = original(person, exhibit)
        assert answer.status_code == 500
        assert b"plum jam" not in answer.content
        assert b"fig cake" not in answer.content


def test_rows_swapped_between_two_files_are_refused_on_every_page(person: Member) -> None:
    one, other = person.keep_file(picture("red"), "one.jpg"), person.keep_file(picture("blue"), "other.jpg")
    rows = {row.pk: bytes(row.sealed) for row in Exhibit.objects.filter(pk__in=[one.id, other.id])}
    Exhibit.objects.filter(pk=one.id).update(sealed=rows[other.id])
    Exhibit.objects.filter(pk=other.id).update(sealed=rows[one.id])
    browser = person.browser()
    for exhibit in (one, other):
        for path in ("", "original/", "picture/", "entries/"):
            answer = browser.get(f"/files/{exhibit.id}/{path}")
            assert answer.status_code == 500
            assert "cannot be opened" in text_of(answer)
            assert "one.jpg" not in text_of(answer)
            assert "other.jpg" not in text_of(answer)
        assert browser.get(f"/files/thumb/{exhibit.id}/").status_code == 404


def test_a_file_is_saved_by_nobody_else(person: Member, neighbour: Member) -> None:
    exhibit = person.keep_file(b"mine")
    answer = neighbour.browser().get(f"/files/{exhibit.id}/original/")
    assert answer.status_code == 404
    assert b"mine" not in answer.content


def test_saving_is_noted_and_asking_for_the_headers_is_not(person: Member) -> None:
    exhibit = person.keep_file(b"mine")
    path = f"/files/{exhibit.id}/original/"
    browser = person.browser()
    assert browser.head(path)["Content-Length"] == "4"
    assert [note for note in access_notes_for(person.unlocked) if note.kind is EventKind.EXPORTED] == []
    assert browser.get(path).getvalue() == b"mine"
    [note] = [note for note in access_notes_for(person.unlocked) if note.kind is EventKind.EXPORTED]
    assert (note.item, note.label, note.what) == (exhibit.id, "AB/1", "file")
