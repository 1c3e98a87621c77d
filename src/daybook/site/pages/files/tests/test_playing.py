"""Sound and film in a player: parts as a browser asks for them, only what plays, and nothing that did not verify."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from lxml import html

from daybook.evidence.errors import BodyDamaged
from daybook.evidence.exhibits import ReadExhibit
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.site.pages.files import sending
from daybook.site.pages.files.tests.sending import text_of
from tests.cast import Member, picture
from tests.hostile_files import HTML, SVG, pdf_with_script
from tests.sounds_and_films import film_like, tone

SOUND = tone(20.0)
CHUNK = 64 * 1024


def body_of(exhibit: ReadExhibit) -> Path:
    return Path(settings.HOME.files / "kept" / exhibit.blob_key)


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def play(person: Member, exhibit: ReadExhibit, **headers: str) -> Any:
    return person.browser().get(f"/files/{exhibit.id}/play/", headers={"accept": "*/*", **headers})


def read_until_damage(answer: Any) -> bytes:
    given = bytearray()

    def read() -> None:
        for piece in answer.streaming_content:
            given.extend(piece)

    with pytest.raises(BodyDamaged):
        read()
    return bytes(given)


def notes(person: Member, kind: EventKind) -> list[tuple[str, str]]:
    return [(note.what, note.label) for note in access_notes_for(person.unlocked) if note.kind is kind]


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-1", 0, 2),
        ("bytes=65530-65545", 65530, 65546),
        (f"bytes={CHUNK}-{2 * CHUNK - 1}", CHUNK, 2 * CHUNK),
        ("bytes=-100", len(SOUND) - 100, len(SOUND)),
        ("bytes=44-", 44, len(SOUND)),
    ],
)
@pytest.mark.parametrize("address", ["play", "original"])
def test_a_part_is_the_very_same_part_of_the_original(
    person: Member, address: str, wanted: str, start: int, stop: int
) -> None:
    exhibit = person.keep_file(SOUND, "note.wav")
    answer = person.browser().get(
        f"/files/{exhibit.id}/{address}/", headers={"accept": "*/*", "range": wanted}
    )
    assert answer.status_code == 206
    assert answer.getvalue() == SOUND[start:stop]
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{len(SOUND)}"
    assert answer["Content-Length"] == str(stop - start)


def test_a_part_is_sent_so_that_it_can_do_nothing_and_is_kept_nowhere(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "What Dave said.wav")
    answer = play(person, exhibit, range="bytes=0-9")
    assert answer["Content-Type"] == "audio/wav"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"] == 'attachment; filename="AB-1.wav"'


def test_the_tag_of_a_file_tells_nobody_its_digest_and_is_each_records_own(
    person: Member, neighbour: Member
) -> None:
    mine, theirs = person.keep_file(SOUND, "a.wav"), neighbour.keep_file(SOUND, "a.wav")
    tags = [play(who, one, range="bytes=0-1")["ETag"] for who, one in ((person, mine), (neighbour, theirs))]
    assert tags[0] != tags[1]
    assert tags[0] == play(person, mine)["ETag"]
    for tag in tags:
        assert len(tag) == 34
        assert tag.strip('"') not in mine.sha256


def test_the_whole_comes_when_the_part_was_of_something_else(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    etag = play(person, exhibit, range="bytes=0-1")["ETag"]
    same = play(person, exhibit, range="bytes=0-1", **{"if-range": etag})
    other = play(person, exhibit, range="bytes=0-1", **{"if-range": '"other"'})
    assert (same.status_code, same.getvalue()) == (206, SOUND[:2])
    assert (other.status_code, other.getvalue()) == (200, SOUND)
    assert play(person, exhibit, **{"if-match": '"other"'}).status_code == 412
    assert play(person, exhibit, **{"if-none-match": etag}).status_code == 304


def test_a_part_after_the_end_is_refused_with_the_length(person: Member) -> None:
    answer = play(person, person.keep_file(SOUND, "a.wav"), range=f"bytes={len(SOUND)}-")
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(SOUND)}"
    assert answer.content == b""


def test_several_parts_at_once_get_the_whole(person: Member) -> None:
    answer = play(person, person.keep_file(SOUND, "a.wav"), range="bytes=0-1,5-6")
    assert (answer.status_code, answer.getvalue()) == (200, SOUND)


def test_asking_for_the_headers_gives_those_of_the_whole_and_is_not_noted(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    before = notes(person, EventKind.VIEWED)
    answer = person.browser().head(
        f"/files/{exhibit.id}/play/", headers={"accept": "*/*", "range": "bytes=0-1"}
    )
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(SOUND)))
    assert answer.getvalue() == b""
    assert notes(person, EventKind.VIEWED) == before


def test_a_player_is_given_no_more_at_once_than_is_soon_read(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daybook.site.pages.files.playing.MOST_OF_PART", 1000)
    answer = play(person, person.keep_file(SOUND, "a.wav"), range="bytes=500-")
    assert answer["Content-Range"] == f"bytes 500-1499/{len(SOUND)}"
    assert answer.getvalue() == SOUND[500:1500]


@pytest.mark.parametrize(
    "content",
    [HTML, SVG, pdf_with_script(), picture(), b"words", film_like("audio/amr")],
    ids=["html", "svg", "pdf", "jpeg", "text", "amr"],
)
def test_what_no_player_plays_has_no_address_to_play_it(person: Member, content: bytes) -> None:
    exhibit = person.keep_file(content, "film.mp4")
    assert play(person, exhibit).status_code == 404
    page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
    assert "<video" not in page
    assert "<audio" not in page


@pytest.mark.parametrize("kind", ["video/mp4", "video/quicktime", "video/webm"])
def test_a_film_is_sent_as_what_its_content_says(person: Member, kind: str) -> None:
    exhibit = person.keep_file(film_like(kind), "page.html", declared_type="text/html")
    assert exhibit.type == kind
    assert play(person, exhibit)["Content-Type"] == kind


def test_the_page_holds_a_player_that_is_shut_silent_and_fetches_nothing(person: Member) -> None:
    exhibit = person.keep_file(film_like("video/mp4"), "clip.mp4")
    page = html.fromstring(person.browser().get(f"/files/{exhibit.id}/").content)
    [player] = page.xpath("//video")
    assert player.get("preload") == "none"
    assert {"muted", "controls"} <= set(player.attrib)
    assert not {"autoplay", "loop", "poster"} & set(player.attrib)
    [shut] = player.xpath("ancestor::details")
    assert "open" not in shut.attrib
    assert player.get("src") == f"/files/{exhibit.id}/play/"


def test_a_voice_note_that_no_browser_plays_is_offered_to_be_saved(person: Member) -> None:
    exhibit = person.keep_file(film_like("audio/amr"), "note.amr")
    page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
    assert "Browsers do not play this kind of file (audio/amr)" in page
    assert "Save the original" in page


def test_what_was_kept_without_looking_is_not_played(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav", unseen=True)
    assert play(person, exhibit).status_code == 404
    assert "<audio" not in text_of(person.browser().get(f"/files/{exhibit.id}/"))


@pytest.mark.parametrize("said", [{"accept": "text/html,*/*"}, {"sec-fetch-dest": "document"}])
def test_the_address_opened_by_itself_leads_to_the_page_with_a_way_out(
    person: Member, said: dict[str, str]
) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    answer = person.browser().get(f"/files/{exhibit.id}/play/", headers=said)
    assert (answer.status_code, answer["Location"]) == (302, f"/files/{exhibit.id}/")


def test_it_is_played_to_nobody_else(person: Member, neighbour: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    answer = neighbour.browser().get(f"/files/{exhibit.id}/play/", headers={"accept": "*/*"})
    assert answer.status_code == 404


def test_playing_is_noted_once_in_ten_minutes_from_wherever_it_begins(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    browser = person.browser()
    for start in (7, 0, 100, 5000):
        browser.get(
            f"/files/{exhibit.id}/play/", headers={"accept": "*/*", "range": f"bytes={start}-"}
        ).getvalue()
    assert notes(person, EventKind.VIEWED) == [("sound", "AB/1")]
    monkeypatch.setattr(sending, "NOTED_ANEW_AFTER", timedelta(0))
    browser.get(f"/files/{exhibit.id}/play/", headers={"accept": "*/*", "range": "bytes=9-"}).getvalue()
    assert notes(person, EventKind.VIEWED) == [("sound", "AB/1")] * 2


def test_saving_a_part_is_noted_as_saving(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    answer = person.browser().get(f"/files/{exhibit.id}/original/", headers={"range": "bytes=1-"})
    assert answer.getvalue() == SOUND[1:]
    assert notes(person, EventKind.EXPORTED) == [("file", "AB/1")]


def test_damage_in_the_part_is_named_before_a_byte_and_from_then_on(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    flip(body_of(exhibit), exhibit.sealed_length - CHUNK)
    fine = play(person, exhibit, range="bytes=0-99")
    assert fine.getvalue() == SOUND[:100]
    damaged = play(person, exhibit, range=f"bytes={CHUNK}-")
    assert damaged.status_code == 206
    pieces = read_until_damage(damaged)
    assert SOUND[CHUNK:].startswith(pieces)
    assert len(pieces) < int(damaged["Content-Length"])
    after = play(person, exhibit, range="bytes=0-99")
    assert after.status_code == 500
    page = text_of(person.browser().get(f"/files/{exhibit.id}/"))
    assert "What is stored of this file is not as it was kept." in page
    assert "<audio" not in page
    assert ">Damaged<" in "".join(text_of(person.browser().get("/files/")).split())


def test_damage_in_the_first_piece_is_answered_in_words(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    flip(body_of(exhibit), 2000)
    answer = play(person, exhibit, range="bytes=0-")
    assert answer.status_code == 500
    assert "AB/1 cannot be opened" in text_of(answer)


def test_a_missing_body_is_named_on_its_page_and_in_the_list(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    body_of(exhibit).unlink()
    browser = person.browser()
    page = text_of(browser.get(f"/files/{exhibit.id}/"))
    assert "What was stored of this file is not there any more." in page
    assert "<audio" not in page
    assert play(person, exhibit, range="bytes=0-").status_code == 500
    assert ">Missing<" in "".join(text_of(browser.get("/files/")).split())


def test_a_file_put_back_is_given_again_once_all_of_it_was_read(person: Member) -> None:
    exhibit = person.keep_file(SOUND, "a.wav")
    copy = body_of(exhibit).read_bytes()
    body_of(exhibit).unlink()
    assert play(person, exhibit, range="bytes=0-").status_code == 500
    body_of(exhibit).write_bytes(copy)
    assert play(person, exhibit, range="bytes=0-").status_code == 500
    saved = person.browser().get(f"/files/{exhibit.id}/original/")
    assert saved.getvalue() == SOUND
    assert play(person, exhibit, range="bytes=0-").getvalue() == SOUND


def test_a_long_file_is_sent_at_once_and_ends_short_where_it_is_damaged(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "READ_BEFORE_BYTES", 1000)
    exhibit = person.keep_file(SOUND, "a.wav")
    flip(body_of(exhibit), exhibit.sealed_length - CHUNK)
    answer = person.browser().get(f"/files/{exhibit.id}/original/")
    assert answer.status_code == 200
    given = read_until_damage(answer)
    assert SOUND.startswith(given)
    assert len(given) < len(SOUND)
    assert person.browser().get(f"/files/{exhibit.id}/original/").status_code == 500
