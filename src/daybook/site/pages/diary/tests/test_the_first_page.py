"""Words alone become an entry at once, to the letter, and once only."""

import json
import re

import pytest
from django.test import Client

from daybook.diary.drafts import drafts_for
from daybook.diary.entries import all_entries_for, count_entries, page_of_entries
from daybook.kernel.chronology import About
from daybook.site.pages.diary.tests.form_reading import hidden, location, words_of
from tests.cast import Member

pytestmark = pytest.mark.django_db


def test_words_alone_become_an_entry_at_once(person: Member) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    entry = location(client.post("/diary/new/", {**fields, "words": "He rang.\r\nTwice.", "go": "keep"}))
    page = client.get(entry)
    assert "Kept." in words_of(page)
    kept = page_of_entries(person.viewer, 1).entries[0]
    assert kept.values == {"words": "He rang.\nTwice."}
    assert drafts_for(person.viewer) == []


def test_the_time_stays_unknown_unless_she_says_that_it_was_just_now(person: Member) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    client.post("/diary/new/", {**fields, "words": "Now.", "just_now": "1", "go": "keep"})
    kept = page_of_entries(person.viewer, 1).entries[0]
    assert isinstance(kept.when, About)
    assert kept.written == "written at about the same time"


def test_taking_just_now_back_takes_the_time_back(person: Member) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    client.post(
        "/diary/new/", {**fields, "words": "Now.", "just_now": "1"}, headers={"X-Daybook": "autosave"}
    )
    client.post("/diary/new/", {**fields, "words": "Now.", "go": "keep"})
    assert "when" not in page_of_entries(person.viewer, 1).entries[0].values


def test_the_same_form_sent_twice_makes_one_entry(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/diary/new/"), "words": "Once.", "go": "keep"}
    assert location(client.post("/diary/new/", form)) == location(client.post("/diary/new/", form))
    assert count_entries(person.viewer) == 1


def test_an_autosave_that_was_overtaken_does_not_begin_the_draft_anew(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/diary/new/"), "words": "Once."}
    client.post("/diary/new/", {**form, "go": "keep"})
    assert client.post("/diary/new/", form, headers={"X-Daybook": "autosave"}).status_code == 409
    assert drafts_for(person.viewer) == []


def test_what_is_typed_is_saved_by_itself_from_the_first_words_on(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/diary/new/"), "words": "He ra"}
    saved = client.post("/diary/new/", form, headers={"X-Daybook": "autosave"})
    assert re.fullmatch(r"[0-2]\d:[0-5]\d", json.loads(saved.content)["saved_at"])
    client.post("/diary/new/", {**form, "words": "He rang"}, headers={"X-Daybook": "autosave"})
    drafts = drafts_for(person.viewer)
    assert [draft.beginning for draft in drafts] == ["He rang"]
    assert "He rang" in words_of(client.get("/diary/"))


@pytest.mark.parametrize(
    "words",
    [
        "x" * 100_000,
        "كان ينتظرني عند الباب",
        "👩‍👧 🏳️‍🌈 😀",
        "a line\n\n\tand a tab",
        "\u202ereversed\u202c",
        "<p>&amp; {{ words }} {% if %}",
    ],
)
def test_any_words_are_kept_to_the_letter(person: Member, words: str) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    entry = location(client.post("/diary/new/", {**fields, "words": words, "go": "keep"}))
    assert page_of_entries(person.viewer, 1).entries[0].values["words"] == words
    assert client.get(entry).status_code == 200


@pytest.mark.parametrize("words", ["x" * 100_001, "a\x00b", "a\x1bb"])
def test_words_that_cannot_be_kept_are_shown_again(person: Member, words: str) -> None:
    client = person.browser()
    fields = hidden(client, "/diary/new/")
    page = client.post("/diary/new/", {**fields, "words": words, "go": "keep"})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert drafts_for(person.viewer)[0].sections["words"]["words"] == [words]


def test_a_form_of_another_record_makes_nothing_of_hers_visible(person: Member, neighbour: Member) -> None:
    form = hidden(person.browser(), "/diary/new/")
    location(person.browser().post("/diary/new/", {**form, "words": "hers", "go": "keep"}))
    entry = location(neighbour.browser().post("/diary/new/", {**form, "words": "his", "go": "keep"}))
    assert "hers" not in words_of(neighbour.browser().get(entry))
    assert count_entries(person.viewer) == 1


def test_a_form_without_its_token_keeps_nothing_and_shows_the_words(person: Member) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.cookies = person.browser().cookies
    page = client.post("/diary/new/", {"words": "A forged entry", "go": "keep"})
    assert page.status_code == 403
    assert "A forged entry" in words_of(page)
    assert count_entries(person.viewer) == 0
    assert drafts_for(person.viewer) == []


def test_the_notice_about_court_stands_before_the_box(person: Member) -> None:
    page = person.browser().get("/diary/new/").content.decode()
    assert page.index("If there is a court case one day") < page.index("<textarea")


def test_a_form_that_was_kept_and_is_filled_in_anew_is_another_entry(person: Member) -> None:
    browser = person.browser()
    browser.post("/diary/new/", {"words": "The first thing.", "go": "keep", "form": "5a" * 16})
    browser.post("/diary/new/", {"words": "The first thing.", "go": "keep", "form": "5a" * 16})
    browser.post("/diary/new/", {"words": "Another thing.", "go": "keep", "form": "5a" * 16})
    kept = sorted(entry.values["words"] for entry in all_entries_for(person.viewer))
    assert kept == ["Another thing.", "The first thing."]
