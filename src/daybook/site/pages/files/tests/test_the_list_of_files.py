"""The list of files: a page at a time, never more opened than is shown, and one damaged row hides no other."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from daybook.diary.attachments import attach_exhibit
from daybook.evidence.models import Exhibit
from daybook.site.pages.files.tests.sending import text_of
from tests.cast import NOW, Member, picture


def keep_many(person: Member, count: int, *, start: int = 0) -> None:
    for number in range(start, start + count):
        person.keep_file(b"%d" % number, f"note {number}.txt")


def test_an_empty_list_says_that_nothing_has_to_be_collected(person: Member) -> None:
    page = text_of(person.browser().get("/files/"))
    assert "No files yet" in page
    assert "You do not have to collect anything" in page


def test_twenty_four_files_stand_on_a_page_the_newest_first(person: Member) -> None:
    keep_many(person, 26)
    browser = person.browser()
    first, second = text_of(browser.get("/files/")), text_of(browser.get("/files/?page=2"))
    assert first.count('class="db-card"') == 24
    assert first.index("AB/26") < first.index("AB/25")
    assert second.count('class="db-card"') == 2
    assert "note 0.txt" in second


def test_a_page_of_many_files_asks_no_more_of_the_database_than_a_page_of_few(person: Member) -> None:
    keep_many(person, 25)
    browser = person.browser()
    browser.get("/files/")  # the first visit of all also sweeps up old ones
    with CaptureQueriesContext(connection) as few:
        browser.get("/files/")
    keep_many(person, 40, start=25)
    with CaptureQueriesContext(connection) as many:
        browser.get("/files/")
    assert len(many) == len(few)
    assert sum("sealed" in query["sql"] and "evidence_exhibit" in query["sql"] for query in many) == 1


def test_only_the_files_asked_for_are_shown(person: Member) -> None:
    attached, entry = person.keep_file(picture(), "attached.jpg"), person.write()
    attach_exhibit(person.viewer, entry=entry.id, exhibit=attached.id, now=NOW)
    person.keep_file(b"alone", "alone.txt")
    person.keep_file(b"unseen", "unseen.txt", unseen=True)
    browser = person.browser()
    shown = {
        wanted: [
            ref
            for ref in ("AB/1", "AB/2", "AB/3")
            if f">{ref}" in text_of(browser.get(f"/files/?show={wanted}"))
        ]
        for wanted in ("alone", "unseen", "pictures", "nonsense")
    }
    assert shown == {
        "alone": ["AB/2", "AB/3"],
        "unseen": ["AB/3"],
        "pictures": ["AB/1"],
        "nonsense": ["AB/1", "AB/2", "AB/3"],
    }


def test_a_card_links_to_the_entries_the_file_goes_with(person: Member) -> None:
    exhibit, entry = person.keep_file(b"a"), person.write(when="2026-11-03")
    attach_exhibit(person.viewer, entry=entry.id, exhibit=exhibit.id, now=NOW)
    page = text_of(person.browser().get("/files/"))
    assert f"/diary/{entry.id}/" in page
    assert "3 November 2026" in page


def test_one_altered_row_is_named_and_the_others_are_shown(person: Member) -> None:
    keep_many(person, 3)
    row = Exhibit.objects.get(number=2)
    sealed = bytearray(bytes(row.sealed))
    sealed[-1] ^= 1
    Exhibit.objects.filter(pk=row.pk).update(sealed=bytes(sealed))
    page = text_of(person.browser().get("/files/"))
    assert "note 0.txt" in page
    assert "note 2.txt" in page
    assert "What is stored of this file was altered" in page
    assert "AB/2" in page


def test_a_list_holds_nothing_of_a_stranger(person: Member, neighbour: Member) -> None:
    person.keep_file(b"mine", "mine.txt")
    assert "mine.txt" not in text_of(neighbour.browser().get("/files/"))
