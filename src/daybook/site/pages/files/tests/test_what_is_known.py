"""A file's page tells what is known about it, with the source of each fact, and trusts nothing that cannot be right."""

import re
from datetime import UTC, datetime

import pytest

from daybook.diary.attachments import attach_exhibit
from daybook.diary.kept_people import keep_place
from daybook.evidence.notes import DateAndNumber, noted_about
from daybook.site.pages.files.tests.sending import text_of
from tests import hostile_files, media_files
from tests.cast import NOW, Member, picture


def page_of(person: Member, exhibit: object) -> str:
    text = text_of(person.browser().get(f"/files/{exhibit}/"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.replace("<bdi>", "").replace("</bdi>", "")))


def photo(taken: str = "2026:11:20 17:12:00", zone: str = "+00:00", *, xmp: bytes = b"") -> bytes:
    camera = [hostile_files.text_field(0x9003, taken)]
    if zone:
        camera.append(hostile_files.text_field(0x9011, zone))
    device = [hostile_files.text_field(0x010F, "Acme"), hostile_files.text_field(0x0110, "Phone 1")]
    block = hostile_files.exif_block(device, camera)
    return hostile_files.picture(exif=block, xmp=xmp) if xmp else hostile_files.picture(exif=block)


def test_every_fact_has_a_source(person: Member) -> None:
    page = page_of(person, person.keep_file(photo(), "a.jpg").id)
    assert "The file says (EXIF DateTimeOriginal)" in page
    assert "The file says (EXIF Make, Model)" in page
    assert "Daybook saw on arrival" in page


def test_the_files_time_is_compared_with_each_entry_it_belongs_to(person: Member) -> None:
    exhibit = person.keep_file(photo(), "a.jpg")
    for when in (
        {"kind": "exact", "at": "2026-11-20T17:00", "zone": "Europe/London"},
        {"kind": "day", "date": "2026-11-22", "zone": "Europe/London"},
    ):
        entry = person.write(when=when)
        attach_exhibit(person.viewer, entry=entry.id, exhibit=exhibit.id, now=NOW)
    page = page_of(person, exhibit.id)
    assert "By the file’s own time: taken 12 minutes after the time you gave." in page
    assert "By the file’s own time: taken 2 days before the day you gave." in page


def test_a_time_without_a_zone_is_compared_with_that_said(person: Member) -> None:
    exhibit = person.keep_file(photo(zone=""), "a.jpg")
    entry = person.write(when={"kind": "exact", "at": "2026-11-20T17:00", "zone": "Europe/London"})
    attach_exhibit(person.viewer, entry=entry.id, exhibit=exhibit.id, now=NOW)
    page = page_of(person, exhibit.id)
    assert "if its clock showed UK time; the file does not say in which time zone it was" in page


@pytest.mark.parametrize("taken", ["2031:01:01 00:00:00", "1970:01:01 00:00:00", "0000:00:00 00:00:00"])
def test_a_time_that_cannot_be_right_is_compared_with_nothing(person: Member, taken: str) -> None:
    exhibit = person.keep_file(photo(taken), "a.jpg")
    entry = person.write(when={"kind": "exact", "at": "2026-11-20T17:00", "zone": "Europe/London"})
    attach_exhibit(person.viewer, entry=entry.id, exhibit=exhibit.id, now=NOW)
    page = page_of(person, exhibit.id)
    assert "What cannot be right" in page
    assert "By the file’s own time" not in page
    assert "The time in the file is not compared with the times you gave" in page


def test_what_does_not_agree_is_named(person: Member) -> None:
    packet = media_files.xmp_packet('photoshop:DateCreated="2026-11-18T17:12:00" tiff:Make="Bolt"')
    page = page_of(person, person.keep_file(photo(xmp=packet), "a.jpg").id)
    assert "What does not agree" in page
    assert "Acme (EXIF) and Bolt (XMP)" in page


def test_how_far_it_is_from_her_places_is_told_however_far(person: Member) -> None:
    values = {"label": "Home", "address": "", "latitude": 52.2, "longitude": -1.1348, "radius_m": 100}
    keep_place(person.viewer, values, now=NOW)
    exhibit = person.keep_file(hostile_files.picture(exif=hostile_files.honest_exif()), "a.jpg")
    page = page_of(person, exhibit.id)
    assert "About 49 km from “Home”" in page
    assert "http" not in page.split("What is known about it")[1]


def test_credentials_are_told_and_a_changed_file_is_named(person: Member) -> None:
    signed = media_files.with_credentials(picture())
    whole = page_of(person, person.keep_file(signed, "a.jpg").id)
    assert "Signed as “Acme Cameras”" in whole
    assert "Daybook does not check who the signer really is" in whole
    broken = bytearray(signed)
    broken[-200] ^= 1
    changed = page_of(person, person.keep_file(bytes(broken), "b.jpg").id)
    assert "The Content Credentials do not fit the file" in changed
    assert "Signed as" not in changed


def test_a_recording_tells_its_time_length_place_and_device(person: Member) -> None:
    film = media_files.phone_film(datetime(2026, 11, 20, 16, 12, tzinfo=UTC))
    exhibit = person.keep_file(film, "VID-20261120-WA0001.mp4")
    entry = person.write(when={"kind": "exact", "at": "2026-11-20T16:00", "zone": "Europe/London"})
    attach_exhibit(person.viewer, entry=entry.id, exhibit=exhibit.id, now=NOW)
    page = page_of(person, exhibit.id)
    assert "20 November 2026, 17:12:00 (its clock was at UTC+01:00)" in page
    assert "12 seconds" in page
    assert "Acme Phone 1" in page
    assert "52.63630° north, 1.13480° west" in page
    assert "WhatsApp gives names like this one, and 20 November 2026 is in it. That is only a hint" in page
    assert "taken 12 minutes after the time you gave" in page


def test_the_question_about_a_screen_is_asked_and_never_answered_for_her(person: Member) -> None:
    exhibit = person.keep_file(picture(), "Screenshot_20261120-180000.png")
    page = page_of(person, exhibit.id)
    assert "Can you see a date and a number in this picture?" in page
    assert "you said" not in page
    assert "Will they notice?" not in page.split("Copies you edited")[0]


@pytest.mark.parametrize(("answer", "advice"), [("yes", False), ("no", True), ("cannot-tell", True)])
def test_her_answer_is_kept_and_advice_says_what_may_be_noticed(
    person: Member, answer: str, advice: bool
) -> None:
    exhibit = person.keep_file(picture(), "a.png")
    browser = person.browser()
    assert browser.post(f"/files/{exhibit.id}/screen/", {"answer": answer}).status_code == 302
    assert noted_about(person.viewer, exhibit.id).date_and_number is DateAndNumber(answer)
    page = page_of(person, exhibit.id)
    assert "(you said)" in page
    assert ("some apps tell the other person about a screenshot" in page) == advice


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_no_answer_changes_nothing(person: Member, answer: str) -> None:
    exhibit = person.keep_file(picture(), "a.png")
    assert person.browser().post(f"/files/{exhibit.id}/screen/", {"answer": answer}).status_code == 302
    assert noted_about(person.viewer, exhibit.id).date_and_number is None


def test_a_photograph_that_a_camera_took_is_not_asked_about(person: Member) -> None:
    assert "Can you see a date" not in page_of(person, person.keep_file(photo(), "a.jpg").id)
