"""Previews: made beside admitting or later, never twice, never costing anything but themselves."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from daybook import doors
from daybook.evidence import preview_work
from daybook.evidence.derived import copy_for, summary_for
from daybook.evidence.describing import described_together
from daybook.evidence.exhibits import exhibits_for, get_exhibit_for, thumbnail_for
from daybook.evidence.intake import Intake
from daybook.evidence.models import DerivedCopy, Exhibit, PreviewDue
from daybook.evidence.previews import (
    MOST_TRIES,
    TRY_AGAIN_AFTER,
    due_previews,
    look_at,
    make_preview,
    preview_is_due,
    try_again,
)
from daybook.kernel.media import Confinement, Decoded, DecoderBusy, DecoderKilled, DecodingFailed, Source
from daybook.kernel.media.previews import PAGE, TEXT, THUMBNAIL, Place, Summary, read_picture, read_text
from daybook.kernel.sealing.errors import SealingError
from daybook.people.models import Unlock
from daybook.people.unlocks import begin_unlock
from tests import hostile_files, office_files, pdf_files, recordings
from tests.cast import NOW, Member, picture

LATER = NOW + TRY_AGAIN_AFTER


class FailingDecoder:
    """The door with a decoder behind it that is as it is on a bad day."""

    def __init__(self, failure: DecodingFailed) -> None:
        self._failure = failure

    def decode(self, source: Source, *, content_type: str, only_facts: bool = False) -> Decoded:
        """Fail."""
        raise self._failure

    def confinement(self) -> Confinement:
        """Nothing to confine."""
        return Confinement(())


@contextmanager
def bad_day(failure: DecodingFailed) -> Iterator[None]:
    spec = {"door": f"{__name__}.FailingDecoder", "options": {"failure": failure}}
    with override_settings(GATEWAYS={**settings.GATEWAYS, "decoder": spec}):
        yield


def summary_of(person: Member, exhibit: Any) -> Summary:
    summary = summary_for(person.viewer, exhibit)
    assert summary is not None
    return summary


def test_a_document_shows_its_pages_and_text_once_its_preview_is_made(person: Member) -> None:
    exhibit = person.keep_file(pdf_files.document("He asked for me.", "Two"), "letter.pdf")
    assert not exhibit.has_thumbnail
    assert due_previews(person.viewer, now=NOW) == [exhibit.id]
    summary = make_preview(person.viewer, exhibit.id, now=NOW)
    assert summary is not None
    assert (summary.pages, summary.pages_in_all, summary.text) == (2, 2, True)
    assert due_previews(person.viewer, now=LATER) == []
    assert thumbnail_for(person.viewer, exhibit.id) is not None
    page = copy_for(person.viewer, exhibit.id, Place(PAGE, 2))
    assert page is not None
    assert read_picture(page).height == 1240
    text = copy_for(person.viewer, exhibit.id, Place(TEXT))
    assert text is not None
    assert "He asked for me." in read_text(text).text
    assert copy_for(person.viewer, exhibit.id, Place(PAGE, 3)) is None


def test_nothing_of_a_preview_is_stored_in_clear(person: Member) -> None:
    exhibit = person.keep_file(office_files.docx("He asked for me."), "letter.docx")
    make_preview(person.viewer, exhibit.id, now=NOW)
    for row in DerivedCopy.objects.filter(exhibit_id=exhibit.id):
        assert b"asked" not in bytes(row.sealed)


def test_a_page_never_passes_for_another_one_nor_for_another_file_s(person: Member) -> None:
    one = person.keep_file(pdf_files.document("One", "Two"), "one.pdf")
    other = person.keep_file(pdf_files.document("Three"), "other.pdf")
    for exhibit in (one, other):
        make_preview(person.viewer, exhibit.id, now=NOW)
    rows = DerivedCopy.objects
    second = rows.get(exhibit_id=one.id, slot=Place(PAGE, 2).slot)
    rows.filter(exhibit_id=one.id, slot=Place(PAGE, 1).slot).update(sealed=second.sealed)
    rows.filter(exhibit_id=other.id, slot=Place(PAGE, 1).slot).update(sealed=second.sealed)
    rows.filter(exhibit_id=other.id, slot=Place(THUMBNAIL).slot).update(sealed=second.sealed)
    for exhibit, place in ((one, Place(PAGE, 1)), (other, Place(PAGE, 1)), (other, Place(THUMBNAIL))):
        with pytest.raises(SealingError):
            copy_for(person.viewer, exhibit.id, place)


def test_a_strangers_preview_is_none(person: Member, neighbour: Member) -> None:
    theirs = neighbour.keep_file(pdf_files.document("theirs"), "a.pdf")
    make_preview(neighbour.viewer, theirs.id, now=NOW)
    assert summary_for(person.viewer, theirs.id) is None
    assert copy_for(person.viewer, theirs.id, Place(PAGE, 1)) is None
    assert not preview_is_due(person.viewer, theirs.id)
    neighbour.keep_file(b"more words", "b.txt")
    assert due_previews(person.viewer, now=NOW) == []


def test_a_picture_kept_while_the_decoder_was_busy_gets_its_preview_and_its_facts_later(
    person: Member,
) -> None:
    content = hostile_files.picture(exif=hostile_files.honest_exif())
    with bad_day(DecoderBusy("Many files are being looked into.")):
        exhibit = person.keep_file(content, "IMG.jpg")
        assert exhibit.place is None
        assert make_preview(person.viewer, exhibit.id, now=NOW) is None
    assert due_previews(person.viewer, now=NOW + timedelta(minutes=1)) == []
    assert due_previews(person.viewer, now=LATER) == [exhibit.id]
    make_preview(person.viewer, exhibit.id, now=LATER)
    read = get_exhibit_for(person.viewer, exhibit.id)
    assert read.has_thumbnail
    assert read.place == (52.63625, -1.1347917)
    # What the ledger committed to is what it was.
    assert read.committed == exhibit.committed


def test_a_file_that_breaks_the_decoder_is_tried_three_times_and_then_told(person: Member) -> None:
    words = "Looking into the file broke the part that was doing it."
    with bad_day(DecoderKilled(words)):
        exhibit = person.keep_file(pdf_files.document("x"), "a.pdf")
        outcomes = [
            make_preview(person.viewer, exhibit.id, now=NOW + number * TRY_AGAIN_AFTER)
            for number in range(MOST_TRIES)
        ]
    assert outcomes[:-1] == [None] * (MOST_TRIES - 1)
    assert outcomes[-1] == Summary(lacks=words)
    assert not preview_is_due(person.viewer, exhibit.id)
    # She may ask for it all the same, and by then it works.
    summary = try_again(person.unlocked, exhibit.id, now=LATER)
    assert summary is not None
    assert summary.pages == 1


def test_a_damaged_document_is_told_and_not_tried_again(person: Member) -> None:
    exhibit = person.keep_file(b"%PDF-1.7\n" + b"\0" * 100, "a.pdf")
    make_preview(person.viewer, exhibit.id, now=NOW)
    assert summary_of(person, exhibit.id).lacks.startswith("The PDF document is damaged")
    assert due_previews(person.viewer, now=LATER) == []


def test_a_preview_of_a_changed_body_is_never_made(person: Member) -> None:
    exhibit = person.keep_file(pdf_files.document("mine!"), "a.pdf")
    other = person.keep_file(pdf_files.document("other"), "b.pdf")
    bodies = [_body_of(read.blob_key) for read in exhibits_for(person.viewer)]
    bodies[0].write_bytes(bodies[1].read_bytes())
    assert exhibit.sealed_length == other.sealed_length
    for number in range(MOST_TRIES):
        make_preview(person.viewer, exhibit.id, now=NOW + number * TRY_AGAIN_AFTER)
    assert not summary_of(person, exhibit.id).shows_something
    assert copy_for(person.viewer, exhibit.id, Place(PAGE, 1)) is None


def _body_of(key: str) -> Path:
    name = key.replace("/", "")
    return next(
        path
        for path in settings.HOME.files.rglob("*")
        if path.is_file() and "".join(path.relative_to(settings.HOME.files).parts).endswith(name)
    )


def test_what_is_kept_without_looking_gets_no_preview_until_she_looks(person: Member) -> None:
    exhibit = person.keep_file(recordings.voice_note(), "note.m4a", unseen=True)
    assert due_previews(person.viewer, now=NOW) == []
    assert make_preview(person.viewer, exhibit.id, now=NOW) is None
    assert not DerivedCopy.objects.filter(exhibit_id=exhibit.id).exists()
    look_at(person.unlocked, exhibit.id, now=NOW)
    heard = summary_of(person, exhibit.id).recording
    assert heard is not None
    assert heard.seconds == pytest.approx(3.0, abs=0.1)


def test_two_who_make_it_at_once_keep_it_once(person: Member) -> None:
    exhibit = person.keep_file(office_files.docx("words"), "a.docx")
    make_preview(person.viewer, exhibit.id, now=NOW)
    PreviewDue.objects.create(exhibit_id=exhibit.id)
    make_preview(person.viewer, exhibit.id, now=NOW)
    assert DerivedCopy.objects.filter(exhibit_id=exhibit.id).count() == 2


def test_many_files_are_described_side_by_side(person: Member) -> None:
    """Two at once: a file that takes long holds up no more than its own place."""
    at_once, most = 0, 0
    lock = threading.Lock()
    real = doors.decoder()

    class Watched:
        def decode(self, source: Source, *, content_type: str, only_facts: bool = False) -> Decoded:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            try:
                time.sleep(0.05)
                return real.decode(source, content_type=content_type)
            finally:
                with lock:
                    at_once -= 1

        def confinement(self) -> Confinement:
            return real.confinement()

    files = []
    for colour in ("teal", "maroon", "navy", "olive"):
        intake = Intake(person.unlocked.record_id, now=NOW)
        intake.write(picture(colour))
        files.append((intake.finish(), f"{colour}.jpg", "image/jpeg"))
    with override_settings(GATEWAYS={**settings.GATEWAYS, "decoder": {"door": f"{__name__}.the_watched"}}):
        globals()["the_watched"] = Watched
        with described_together(person.viewer, files) as described:
            found = [described[received.blob_key]() for received, _, _ in files]
    assert most == 2
    assert all(one.decoded is not None and one.decoded.thumbnail is not None for one in found)


@pytest.fixture
def unlocked_person(transactional_db: None, make_member: Callable[[str], Member]) -> Iterable[Member]:
    member = make_member("wren")
    begin_unlock(member.unlocked, now=doors.clock().now())
    with override_settings(PREVIEW_WORKERS=2):
        preview_work._looked_at.clear()
        yield member


def test_while_she_is_unlocked_what_is_due_is_made_beside_her_work(unlocked_person: Member) -> None:
    person = unlocked_person
    kept = [
        person.keep_file(pdf_files.document("letter"), "a.pdf"),
        person.keep_file(recordings.voice_note("audio/amr"), "b.amr"),
        person.keep_file(b"%PDF-1.7\n broken", "c.pdf"),
        person.keep_file(recordings.video(), "d.mp4"),
        person.keep_file(b"words", "e.txt"),
    ]
    thread = preview_work.begin_due_previews(person.unlocked)
    assert thread is not None
    thread.join(60)
    assert not PreviewDue.objects.exists()
    shows = [summary_of(person, exhibit.id).shows_something for exhibit in kept]
    assert shows == [True, True, False, True, True]


def test_a_round_ends_when_the_last_browser_is_locked(unlocked_person: Member) -> None:
    person = unlocked_person
    person.keep_file(b"words", "e.txt")
    Unlock.objects.update(sealed_key=None)
    thread = preview_work.begin_due_previews(person.unlocked)
    assert thread is not None
    thread.join(60)
    assert PreviewDue.objects.count() == 1


def test_there_is_one_round_at_a_time_and_not_one_for_each_page(unlocked_person: Member) -> None:
    person = unlocked_person
    first = preview_work.begin_due_previews(person.unlocked)
    assert first is not None
    first.join(60)
    assert preview_work.begin_due_previews(person.unlocked) is None
    person.keep_file(b"words", "e.txt")
    again = preview_work.begin_due_previews(person.unlocked)
    assert again is not None
    again.join(60)
    assert not PreviewDue.objects.exists()


def test_a_decoding_program_killed_under_a_round_costs_no_file_its_preview(unlocked_person: Member) -> None:
    person = unlocked_person
    for number in range(6):
        person.keep_file(pdf_files.document(f"letter {number}"), f"{number}.pdf")
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.15):
            for process in _decoding_programs():
                os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    thread = preview_work.begin_due_previews(person.unlocked)
    assert thread is not None
    thread.join(60)
    stop.set()
    killer.join()
    later = doors.clock().now() + TRY_AGAIN_AFTER
    for exhibit in due_previews(person.viewer, now=later):
        make_preview(person.viewer, exhibit, now=later)
    assert all(summary_of(person, one).pages == 1 for one in Exhibit.objects.values_list("pk", flat=True))


def _decoding_programs() -> list[int]:
    own = Path(f"/proc/{os.getpid()}/task")
    started = [int(one) for task in own.iterdir() for one in (task / "children").read_text().split()]
    return [
        one for one in started if b"daybook.gateways.decoding" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]
