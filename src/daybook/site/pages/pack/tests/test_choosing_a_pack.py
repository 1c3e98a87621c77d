"""Choosing what goes into a pack: by default all but private feelings, by days, or by hand from a list of any length."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import html

from daybook.diary.attachments import attach_exhibit
from daybook.kernel.custody import EventKind
from daybook.ledger.access import access_notes_for
from daybook.site.pages.pack.forms import pack_ids, read_ids
from tests.cast import Member

Answer = Any
"""An answer as the test client gives it: django-stubs has a type of its own for that."""
pytestmark = pytest.mark.django_db
EVERYTHING = {"what": "everything", "police_part": "on", "reader": "police"}


@pytest.fixture
def browser(person: Member) -> Client:
    return person.browser()


def page(answer: Answer) -> html.HtmlElement:
    assert answer.status_code == 200
    return html.document_fromstring(answer.content.decode())


def words(answer: Answer) -> str:
    return " ".join(page(answer).find(".//main").text_content().split())


def form_of(answer: Answer) -> dict[str, list[str]]:
    """What a browser would send of the page's own form: hidden controls, ticks, chosen radios."""
    sent: dict[str, list[str]] = {}
    for control in page(answer).iterfind(".//main//form//input"):
        if control.get("type") in {"checkbox", "radio"} and control.get("checked") is None:
            continue
        missing = "on" if control.get("type") == "checkbox" else ""
        sent.setdefault(control.get("name"), []).append(control.get("value", missing))
    return sent


def ticked(answer: Answer) -> set[str]:
    return set(form_of(answer).get("ticked", []))


def send(browser: Client, path: str, sent: dict[str, list[str]], **more: object) -> Answer:
    return browser.post(path, {**sent, **more})


def test_a_stranger_is_sent_to_unlock(someone: Client) -> None:
    for path in ("/pack/", "/pack/choose/", "/pack/list/", "/pack/preview/", "/pack/make/"):
        assert someone.get(path).headers["Location"].startswith("/unlock/")
        assert someone.post(path, EVERYTHING).status_code in {401, 405}


def test_every_page_but_the_forms_can_be_opened_by_its_address(browser: Client) -> None:
    for path in ("/pack/", "/pack/choose/", "/pack/opening/"):
        assert browser.get(path).status_code == 200
    for path in ("/pack/list/", "/pack/preview/", "/pack/make/"):
        assert browser.get(path).headers["Location"] == "/pack/choose/"


def test_titles_say_nothing(browser: Client, person: Member) -> None:
    person.write()
    titles = [
        page(browser.get(path)).findtext(".//title") for path in ("/pack/", "/pack/choose/", "/pack/opening/")
    ]
    titles.append(page(browser.post("/pack/preview/", EVERYTHING)).findtext(".//title"))
    assert titles == ["Pack – Daybook", "Choose – Daybook", "Opening – Daybook", "Look it over – Daybook"]


def test_an_empty_record_is_told_so(browser: Client) -> None:
    assert "nothing to put in yet" in words(browser.get("/pack/choose/"))


def test_what_is_chosen_at_first_is_everything_with_the_police_part_and_without_feelings(
    browser: Client, person: Member
) -> None:
    person.write()
    sent = form_of(browser.get("/pack/choose/"))
    assert (sent["what"], sent["police_part"], sent.get("feelings")) == (["everything"], ["on"], None)


def test_days_are_needed_for_a_choice_by_days_and_must_be_in_order(browser: Client, person: Member) -> None:
    person.write()
    none = browser.post("/pack/preview/", {**EVERYTHING, "what": "dates"})
    assert "Type the first day, the last day, or both." in words(none)
    swapped = browser.post(
        "/pack/preview/", {**EVERYTHING, "what": "dates", "first_day": "2026-05-02", "last_day": "2026-05-01"}
    )
    assert "before the first one" in words(swapped)
    assert form_of(swapped)["first_day"] == ["2026-05-02"]
    odd = browser.post("/pack/preview/", {**EVERYTHING, "what": "dates", "first_day": "the day after"})
    assert "Type the first day like" in words(odd)
    assert "Type the first day, the last day, or both." not in words(odd)


def test_nothing_chosen_is_asked_again(browser: Client, person: Member) -> None:
    person.write()
    assert "Choose what goes in." in words(browser.post("/pack/preview/", {}))


def test_a_choice_that_was_tampered_with_is_asked_again(browser: Client, person: Member) -> None:
    person.write()
    answer = browser.post("/pack/preview/", {**EVERYTHING, "what": "hand", "entries": "AAA", "exhibits": "-"})
    assert answer.status_code == 200
    assert "Choose what goes in" in words(answer)


def test_by_hand_the_entries_come_first_then_the_files_of_those_ticked(
    browser: Client, person: Member
) -> None:
    march = person.write("In March.", when="2026-03-04")
    june = person.write("In June.", when="2026-06-09")
    photo, letter, loose = (
        person.keep_file(name.encode(), f"{name}.txt") for name in ("photo", "letter", "loose")
    )
    attach_exhibit(person.viewer, entry=march.id, exhibit=photo.id, now=datetime.now(UTC))
    attach_exhibit(person.viewer, entry=june.id, exhibit=letter.id, now=datetime.now(UTC))

    entries = browser.post("/pack/preview/", {**EVERYTHING, "what": "hand"})
    assert "0 of 2 ticked" in words(entries)
    assert [one.text_content() for one in page(entries).iterfind(".//legend")] == ["March 2026", "June 2026"]
    files = send(browser, "/pack/list/", form_of(entries), ticked=[str(march.id)], go="files:1")
    assert ticked(files) == {str(photo.id)}

    both = send(browser, "/pack/list/", form_of(files), ticked=[str(photo.id), str(loose.id)], go="entries:1")
    assert ticked(both) == {str(march.id)}
    again = send(browser, "/pack/list/", form_of(both), ticked=[str(march.id), str(june.id)], go="files:1")
    assert ticked(again) == {str(photo.id), str(letter.id), str(loose.id)}

    # An entry that is out again takes its files along; what was ticked besides stays.
    entries = send(browser, "/pack/list/", form_of(again), go="entries:1")
    files = send(browser, "/pack/list/", form_of(entries), ticked=[str(june.id)], go="files:1")
    assert ticked(files) == {str(letter.id), str(loose.id)}
    over = send(browser, "/pack/list/", form_of(files), go="preview")
    assert "1 entry with all their changes, and 2 files" in words(over)
    assert "1 entry and 1 file." in words(over)


def test_ticks_travel_from_page_to_page_of_a_long_list(browser: Client, person: Member) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    kept = [
        person.write(f"Number {number}.", when=(start + timedelta(days=number)).date().isoformat())
        for number in range(230)
    ]
    choose = browser.get("/pack/choose/")
    assert "Your list is long" in words(choose)
    first = browser.post("/pack/preview/", {**EVERYTHING, "what": "hand"})
    assert "Page 1 of 3" in words(first)
    second = send(browser, "/pack/list/", form_of(first), ticked=[str(kept[2].id)], go="page:2")
    third = send(browser, "/pack/list/", form_of(second), ticked=[str(kept[150].id)], go="page:3")
    assert "2 of 230 ticked" in words(third)
    back = send(browser, "/pack/list/", form_of(third), go="page:1")
    assert ticked(back) == {str(kept[2].id)}
    everything = send(browser, "/pack/list/", form_of(back), go="all:1")
    assert "230 of 230 ticked" in words(everything)
    none = send(browser, "/pack/list/", form_of(everything), go="none:1")
    assert "0 of 230 ticked" in words(none)


def test_days_make_the_list_shorter(browser: Client, person: Member) -> None:
    person.write("In March.", when="2026-03-04")
    person.write("In June.", when="2026-06-09")
    answer = browser.post("/pack/preview/", {**EVERYTHING, "what": "hand", "first_day": "2026-06-01"})
    assert "0 of 1 ticked" in words(answer)
    assert "In March" not in words(answer)


@pytest.mark.parametrize("go", ["", "page:99999", "page:-1", "page:x", "files", "nonsense:1", "page:٣"])
def test_an_odd_button_shows_a_list(browser: Client, person: Member, go: str) -> None:
    person.write()
    answer = browser.post(
        "/pack/list/", {**EVERYTHING, "what": "hand", "list": "entries", "go": go, "ticked": "x"}
    )
    assert answer.status_code == 200
    assert "Tick the" in words(answer)


def test_the_list_shows_no_more_than_the_first_words_and_hides_no_trick(
    browser: Client, person: Member
) -> None:
    person.write("<script>alert(1)</script> " + "word " * 200)
    person.keep_file(b"x", "photo\u202egpj.exe")
    entries = browser.post("/pack/preview/", {**EVERYTHING, "what": "hand"})
    assert "<script>alert" not in entries.content.decode()
    assert words(entries).count("word") < 30
    files = send(browser, "/pack/list/", form_of(entries), go="files:1")
    assert "[U+202E]" in words(files)


def test_the_record_notes_that_lists_and_previews_were_looked_at(browser: Client, person: Member) -> None:
    person.write()
    browser.post("/pack/preview/", {**EVERYTHING, "what": "hand"})
    browser.post("/pack/preview/", EVERYTHING)
    notes = access_notes_for(person.unlocked, kinds={EventKind.VIEWED})
    assert [note.what for note in notes] == ["preview of a pack", "list for a pack"]


def _sets() -> Iterator[frozenset[uuid.UUID]]:
    yield frozenset()
    yield frozenset({uuid.UUID(int=0)})
    yield frozenset(uuid.UUID(int=number * 7919) for number in range(1000))


def test_ids_come_back_as_they_were_packed() -> None:
    for ids in _sets():
        assert read_ids(pack_ids(ids)) == ids
    assert pack_ids(None) == ""
    for text in ("A", "AAAA", "====", "é", "AAAAAAAAAAAAAAAAAAAAAAA="):
        with pytest.raises(ValueError):
            read_ids(text)
