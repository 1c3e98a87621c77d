"""One damaged row is named where it stands and takes no other page away; a damaged list is said and mended."""

from datetime import timedelta

import pytest
from django.test import Client

from daybook.diary import timeline
from daybook.diary.attachments import attach_exhibit
from daybook.diary.drafts import begin_draft
from daybook.diary.entries import ReadEntry
from daybook.diary.kept_people import keep_suspect, keep_witness
from daybook.diary.models import Draft, Item, TimelineLeaf, Version
from daybook.evidence.models import Exhibit
from daybook.site.pages.diary.tests.form_reading import location, words_of
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db
ALTERED = "The entry written on 20 November 2026 at 18:00"


@pytest.fixture
def client(person: Member) -> Client:
    return person.browser()


@pytest.fixture
def altered(person: Member) -> ReadEntry:
    """An entry whose row something changed, beside one that is whole."""
    person.write("the whole one", when="2026-11-02")
    entry = person.write("the altered one", when="2026-11-01")
    Version.objects.filter(item_id=entry.id).update(sealed=b"x" * 90)
    return entry


def test_the_list_names_an_altered_entry_and_shows_the_others(client: Client, altered: ReadEntry) -> None:
    page = words_of(client.get("/diary/"))
    assert "1 entry was altered" in page
    assert ALTERED in page
    assert "the whole one" in page
    assert "the altered one" not in page
    assert "The list was damaged" not in page


def test_searching_names_an_altered_entry_whatever_is_looked_for(client: Client, altered: ReadEntry) -> None:
    page = words_of(client.get(location(client.post("/diary/find/", {"words": "whole"}))))
    assert "1 entry was altered" in page
    assert "the whole one" in page


def test_paper_names_an_altered_entry_and_a_file_that_was_altered(
    client: Client, person: Member, altered: ReadEntry
) -> None:
    entry = person.write("the one with files", when="2026-11-03")
    for number in range(2):
        attach_exhibit(person.viewer, entry=entry.id, exhibit=person.keep_file(b"%d" % number).id, now=NOW)
    Exhibit.objects.filter(number=2).update(sealed=b"x" * 90)
    page = words_of(client.get("/diary/print/"))
    assert "1 entry was altered" in page
    assert "the whole one" in page
    assert "AB/1, a file that was altered (number 2)" in page


def test_the_page_of_an_altered_entry_says_so(client: Client, altered: ReadEntry) -> None:
    for path in ("", "version/1/", "files/"):
        page = client.get(f"/diary/{altered.id}/{path}")
        assert "This entry cannot be opened" in words_of(page)
        assert page.status_code == 500
    assert "This entry cannot be opened" in words_of(client.post(f"/diary/{altered.id}/amend/"))


def test_an_entry_whose_rows_are_gone_is_named_as_missing(client: Client, person: Member) -> None:
    person.write("the whole one")
    gone = person.write("the one that is gone")
    timeline.gather(person.viewer)
    Item.objects.filter(pk=gone.id).delete()
    page = words_of(client.get("/diary/"))
    assert "An entry that is missing" in page
    assert "the whole one" in page
    assert client.get(f"/diary/{gone.id}/").status_code == 404


def test_an_altered_person_is_named_as_altered_and_the_entry_stays(client: Client, person: Member) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan"}, now=NOW).id
    kay = keep_witness(person.viewer, {"name": "Kay"}, now=NOW).id
    entry = person.write(
        "the whole one",
        suspects=[{"suspect": str(dan), "certainty": "think"}],
        witnesses=[{"witness": str(kay)}],
    )
    Version.objects.filter(item_id__in=[dan, kay]).update(sealed=b"x" * 90)
    page = words_of(client.get("/diary/"))
    assert "the whole one" in page
    assert page.count("Someone whose details were altered") == 2
    assert client.get(f"/diary/{entry.id}/").status_code == 200


def test_an_entry_beside_an_altered_file_opens(client: Client, person: Member) -> None:
    entry = person.write("the whole one")
    attach_exhibit(person.viewer, entry=entry.id, exhibit=person.keep_file(b"1").id, now=NOW)
    Exhibit.objects.update(sealed=b"x" * 90)
    assert "the whole one" in words_of(client.get(f"/diary/{entry.id}/"))


def test_an_altered_draft_is_said_and_the_list_stays(client: Client, person: Member) -> None:
    person.write("the whole one")
    begin_draft(person.viewer, now=NOW, sections={})
    Draft.objects.update(sealed=b"x" * 90)
    page = words_of(client.get("/diary/"))
    assert "1 draft was altered" in page
    assert "the whole one" in page


def test_a_list_that_leaves_an_entry_out_says_so_and_is_mended_by_a_button(
    client: Client, person: Member
) -> None:
    hidden = person.write("the hidden one")
    person.write("the other one", now=NOW + timedelta(hours=1))
    Item.objects.filter(pk=hidden.id).update(sealed_moment=None, loose_epoch=0)
    page = words_of(client.get("/diary/"))
    assert "The list was damaged 1 entry is missing from it." in page
    assert "the hidden one" not in page
    assert location(client.get("/diary/mend/")) == "/diary/"
    assert "The list was damaged" in words_of(client.get("/diary/"))
    assert location(client.post("/diary/mend/")) == "/diary/"
    page = words_of(client.get("/diary/"))
    assert "The list was made again. 2 entries are in it." in page
    assert "The list was damaged" not in page
    assert "the hidden one" in page


def test_entries_hidden_all_together_do_not_make_the_diary_look_empty(client: Client, person: Member) -> None:
    person.write("the hidden one")
    timeline.gather(person.viewer)
    TimelineLeaf.objects.all().delete()
    page = words_of(client.get("/diary/"))
    assert "1 entry is missing from it" in page
    assert "Nothing is written yet" not in page


def test_searching_finds_an_entry_that_is_hidden_from_the_list(client: Client, person: Member) -> None:
    person.write("the early one", when="2026-11-01")
    hidden = person.write("the hidden one", when="2026-11-02")
    person.write("the late one", when="2026-11-03")
    Item.objects.filter(pk=hidden.id).update(sealed_moment=None, loose_epoch=0)
    page = words_of(client.get(location(client.post("/diary/find/", {"words": "one"}))))
    assert page.index("the late one") < page.index("the hidden one") < page.index("the early one")


def test_only_its_owner_mends_a_list(person: Member, neighbour: Member, someone: Client) -> None:
    hidden = person.write("the hidden one")
    Item.objects.filter(pk=hidden.id).update(sealed_moment=None, loose_epoch=0)
    assert someone.post("/diary/mend/").status_code == 401
    neighbour.browser().post("/diary/mend/")
    assert "1 entry is missing from it" in words_of(person.browser().get("/diary/"))
